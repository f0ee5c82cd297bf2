/** The project's own checks, against a server that wants to know who asks. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InventoryHost } from '../../core/inventory/host.ts';
import { createChecker } from '../../core/monitor/watch/checks.ts';
import type { CheckResult } from '../../core/monitor/watch/observation.ts';

const HOST: InventoryHost = {
  ...{ name: 'kitchen', address: '127.0.0.1', port: 22, user: 'pi', become: false, groups: [] },
  ...{ serial: undefined, macs: [], model: undefined, variables: {} },
};
const asked: { readonly url: string | undefined; readonly who: string }[] = [];
const server = createServer((request, response) => {
  const [scheme, encoded = ''] = (request.headers.authorization ?? '').split(' ');
  const who = scheme === 'Basic' ? Buffer.from(encoded, 'base64').toString() : 'nobody';
  asked.push({ url: request.url, who });
  response.writeHead(who === 'me:s3cret@%' ? 200 : 401).end();
});
let port = 0;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  ({ port } = address);
});
afterAll(() => {
  server.close();
});

function check(http: string): Promise<readonly CheckResult[]> {
  const planned = {
    check: { http, hosts: 'all', every: 60, timeout: 5 },
    hosts: new Set(['kitchen']),
  };
  return createChecker([planned], () => 0)(HOST, undefined, new AbortController().signal);
}

it('an http check with user and password in its address logs in by them, and tells neither', async () => {
  const fine = await check(`http://me:s3cret%40%25@{address}:${port}/health?deep=1`);
  expect(fine).toEqual([
    { name: `http://127.0.0.1:${port}/health`, ok: true, detail: 'answers 200' },
  ]);
  expect(asked).toEqual([{ url: '/health?deep=1', who: 'me:s3cret@%' }]);
  const wrong = await check(`http://me:100%25%zz@{address}:${port}/`);
  expect(wrong).toMatchObject([{ ok: false, detail: 'answers 401' }]);
  expect(asked.at(-1)?.who).toBe('me:100%25%zz');
});
