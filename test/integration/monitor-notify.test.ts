import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Notification } from '../../core/monitor/decisions/notify/notification.ts';
import { createTeller } from '../../core/monitor/decisions/notify/teller.ts';
import { newEngine } from '../../core/monitor/decisions/state.ts';
import type { MonitorRecord } from '../../core/monitor/decisions/record.ts';
import { parseConfig } from '../../core/project/config.ts';
import type { ProjectContext } from '../../core/runs/operation.ts';
import { send, type SendContext } from '../../core/monitor/decisions/notify/send.ts';

const FIRING: Notification = {
  kind: 'failed',
  status: 'firing',
  title: 'küche: failed – “gone”',
  text: 'küche: port 22 does not open',
  at: '2026-11-22T08:00:00.000Z',
  alerts: [
    {
      key: 'failed küche',
      kind: 'failed',
      host: 'küche',
      summary: 'port 22 does not open',
      startsAt: '2026-11-22T07:59:00.000Z',
    },
  ],
};

describe('a receiver', () => {
  const requests: { request: IncomingMessage; body: string }[] = [];
  let answers: number[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      requests.push({ request, body: Buffer.concat(parts).toString() });
      const status = answers.shift() ?? 200;
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('{}');
    });
  });
  const root = mkdtempSync(join(tmpdir(), 'rpi-notify-'));
  let url = '';
  const context: SendContext = {
    signal: new AbortController().signal,
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    root,
    project: 'garden',
  };

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    url = `http://127.0.0.1:${address.port}/secret-topic`;
    writeFileSync(join(root, 'token'), 's3cret\n');
    writeFileSync(join(root, 'address'), `${url}\n`);
  });
  beforeEach(() => {
    requests.length = 0;
    answers = [];
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
    rmSync(root, { recursive: true });
  });

  it('of ntfy gets a title of any letters, a text and the token', async () => {
    await send({ type: 'ntfy', url, token_file: 'token' }, FIRING, context);
    const [{ request, body } = { request: undefined, body: '' }] = requests;
    const asked = new URL(request?.url ?? '', url);
    expect(asked.pathname).toBe('/secret-topic');
    expect(asked.searchParams.get('title')).toBe(FIRING.title);
    expect(asked.searchParams.get('priority')).toBe('4');
    expect(request?.headers.authorization).toBe('Bearer s3cret');
    expect(body).toBe(FIRING.text);
  });

  it('of a chat gets its text as JSON, at an address from a file', async () => {
    await send({ type: 'chat', url_file: 'address' }, FIRING, context);
    expect(requests[0]?.request.method).toBe('POST');
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      text: `⚠️ ${FIRING.title}\n${FIRING.text}`,
    });
  });

  it('that is Alertmanager gets an alert each, which ends when it is resolved', async () => {
    await send({ type: 'alertmanager', url }, FIRING, context);
    const endsAt = '2026-11-22T08:05:00.000Z';
    const alerts = FIRING.alerts.map((each) => ({ ...each, endsAt }));
    await send({ type: 'alertmanager', url }, { ...FIRING, status: 'resolved', alerts }, context);
    expect(requests.map(({ request }) => request.url)).toEqual(
      Array(2).fill('/secret-topic/api/v2/alerts'),
    );
    const [first, second] = requests.map(({ body }) => JSON.parse(body) as unknown);
    const labels = { alertname: 'rpi_failed', project: 'garden', host: 'küche' };
    expect(first).toMatchObject([{ labels, endsAt: '2026-11-22T09:00:00.000Z' }]);
    expect(second).toMatchObject([{ labels, endsAt }]);
  });

  it('is asked again when it is busy, and not when it refuses or sends elsewhere', async () => {
    answers = [503, 429, 200];
    await send({ type: 'chat', url }, FIRING, context);
    expect(requests).toHaveLength(3);
    answers = [404];
    await expect(send({ type: 'chat', url }, FIRING, context)).rejects.toMatchObject({
      code: 'monitor.not-told',
      message: 'chat was not told: it answers 404.',
    });
    expect(requests).toHaveLength(4);
    answers = [302, 302, 302];
    const failed: unknown = await send({ type: 'chat', url }, FIRING, context).catch(
      (error: unknown) => error,
    );
    expect(String(failed)).toContain('was not told');
    expect(String(failed)).not.toContain('secret-topic');
    expect(requests.map(({ request }) => request.url)).not.toContain('/elsewhere');
  });

  it('of a project is told beside the loop; one that is dead is a warning, once', async () => {
    const parsed = parseConfig(
      `version: 1\nid: garden\nmonitor:\n  notify:\n    - {type: chat, url: '${url}'}\n    - {type: alertmanager, url: '${url}'}\n`,
    );
    if (!parsed.ok) throw new Error('not a configuration');
    const project = { root, config: parsed.config };
    // The rest of a project is not asked for.
    const of = { ...context, project } as unknown as ProjectContext;
    const { durable } = newEngine(0);
    const failed: MonitorRecord = {
      ...{ v: 1, at: new Date(0).toISOString(), time: 0, kind: 'decision.state', host: 'a' },
      ...{ from: 'suspect', to: 'failed', what: 'ill', why: 'port 22', flapping: false },
    } as const;
    answers = [404, 200];
    const texts: string[] = [];
    {
      await using teller = createTeller(of, durable);
      const tell = (records: MonitorRecord[], time: number): void => {
        for (const event of teller.tell(records, { ...durable, time, at: time })) {
          if (event.kind === 'log') texts.push(event.text);
        }
      };
      tell([failed], 0);
      tell([], 40_000);
      await expect.poll(() => requests.length).toBe(2);
      tell([], 660_000);
      await expect.poll(() => requests.length).toBe(3);
      await expect.poll(() => (tell([], 661_000), texts.length)).toBe(1);
    }
    expect(texts[0]).toMatch(/was not told: it answers 404/);
    expect(requests.at(-1)?.request.url).toBe('/secret-topic/api/v2/alerts');
  });

  it('whose file can’t be read is an error with the file’s name', async () => {
    await expect(
      send({ type: 'chat', url_file: 'missing' }, FIRING, context),
    ).rejects.toMatchObject({ code: 'file.not-readable' });
  });
});
