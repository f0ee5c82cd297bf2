import { createServer, type IncomingMessage } from 'node:http';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createPrometheusApi, type PrometheusApi } from '../../core/monitor/prometheus/api.ts';
import { authorizationOf } from '../../core/monitor/prometheus/secrets.ts';
import { parseConfig } from '../../core/project/config.ts';
import { temporaryFolder } from '../temporary.ts';

type Answer = { readonly status?: number; readonly body: string };
type Asked = { readonly url: string; readonly authorization: string; readonly body: string };

/** Somebody who answers in Prometheus' place, right or wrong. */
async function answering(
  answer: (asked: Asked) => Answer | undefined,
  authorization: () => Promise<string | undefined> = () => Promise.resolve(undefined),
): Promise<PrometheusApi> {
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const header = request.headers.authorization ?? '';
      const given = answer({ url: request.url ?? '', authorization: header, body });
      if (given === undefined) return;
      response.writeHead(given.status ?? 200, { location: 'http://127.0.0.1:9/' }).end(given.body);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // a TCP server has no other
  return createPrometheusApi({
    url: `http://127.0.0.1:${port}/behind/`,
    authorization,
    timeout: 500,
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await request.toArray()).toString('utf8');
}

const { signal } = new AbortController();
const vector = (result: unknown): string =>
  JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });

test('asks by a form, with the secret of a file, below the path of the address', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'token'), 'first\n');
  const asked: Asked[] = [];
  const api = await answering(
    (each) => {
      asked.push(each);
      return {
        body: vector([
          { metric: { name: 'kitchen' }, value: [1.5, '-Inf'] },
          { metric: {}, value: [2, '1e3'] },
        ]),
      };
    },
    () => authorizationOf({ token_file: 'token' }, folder),
  );
  expect(await api.query('up{name="a & b"}', signal)).toEqual([
    { labels: { name: 'kitchen' }, at: 1.5, value: -Infinity },
    { labels: {}, at: 2, value: 1000 },
  ]);
  await writeFile(join(folder, 'token'), 'second\n');
  await api.query('up', signal);
  expect(asked.map(({ authorization }) => authorization)).toEqual([
    'Bearer first',
    'Bearer second',
  ]);
  expect(asked[0]?.url).toBe('/behind/api/v1/query');
  expect(new URLSearchParams(asked[0]?.body).get('query')).toBe('up{name="a & b"}');
  await writeFile(join(folder, 'password'), 'ü:x\n');
  const basic = await authorizationOf({ user: 'me', password_file: 'password' }, folder);
  expect(Buffer.from(basic?.slice(6) ?? '', 'base64').toString()).toBe('me:ü:x');
  await writeFile(join(folder, 'token'), ' \n');
  await expect(api.query('up', signal)).rejects.toMatchObject({ code: 'config.invalid' });
});

test.each([
  ['refuses: parse error', { status: 400, body: '{"status":"error","error":"parse error"}' }],
  ['answers 401', { status: 401, body: 'Unauthorized' }],
  ['does not answer as a Prometheus does', { body: '<html>a login page</html>' }],
  ['does not answer as a Prometheus does', { body: vector([{ metric: {}, value: ['x', 1] }]) }],
  ['can’t be reached', { status: 307, body: '' }],
  ['does not answer in time', undefined],
])('says what is wrong with an answer: it %s', async (why, answer) => {
  const api = await answering(() => answer);
  await expect(api.query('up', signal)).rejects.toMatchObject({
    code: 'monitor.prometheus',
    message: expect.stringContaining(why) as string,
  });
});

test('a range is the points of its first series', async () => {
  const api = await answering(({ url, body }) => {
    expect([url, new URLSearchParams(body).get('step')]).toEqual([
      '/behind/api/v1/query_range',
      '60',
    ]);
    const result = [{ metric: {}, values: [[60, '1'], [120, 'NaN']] }]; // prettier-ignore
    return { body: JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }) };
  });
  expect(await api.queryRange('up', { start: 60, end: 120, step: 60 }, signal)).toEqual([
    { at: 60, value: 1 },
    { at: 120, value: NaN },
  ]);
});

test('rpi.yml wants all of a Prometheus, and no secret in clear', () => {
  const read = (monitor: string): string =>
    JSON.stringify(parseConfig(`version: 1\nid: test\nmonitor: {${monitor}}\n`));
  const webhook = 'webhook: {token_file: ../t}';
  expect(read('backend: prometheus')).toContain('needs monitor.prometheus');
  const url = "url: 'http://me:secret@prometheus.lan'";
  expect(read(`prometheus: {${url}, ${webhook}}`)).toContain('use user and password_file');
  const right = "url: 'http://prometheus.lan'";
  expect(read(`prometheus: {${right}, user: me, ${webhook}}`)).toContain('belong together');
  expect(read(`prometheus: {${right}, token: secret, ${webhook}}`)).toContain('unknown setting');
  expect(read(`prometheus: {${right}}`)).toContain('webhook');
  expect(read(`backend: prometheus, prometheus: {${right}, ${webhook}}`)).toContain('"ok":true');
});
