import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { openAlertBook, type AlertBook } from '../../core/monitor/prometheus/alert-book.ts';
import { secretIn } from '../../core/monitor/prometheus/secrets.ts';
import { createWebhook, type Webhook } from '../../core/monitor/prometheus/webhook.ts';
import { temporaryFolder } from '../temporary.ts';
import { freePort } from './prometheus-stack.ts';

let folder: string;
let path: string;
let book: AlertBook;
let webhook: Webhook;
let base: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  await writeFile(join(folder, 'token'), 'right\n');
  path = join(folder, 'data', 'alerts.json');
  book = await openAlertBook(path, 'p');
  const port = await freePort();
  base = `http://127.0.0.1:${port}`;
  webhook = createWebhook(
    { host: '127.0.0.1', port },
    { token: () => secretIn(folder, 'token'), take: (message) => book.take(message) },
  );
  onTestFinished(() => webhook[Symbol.asyncDispose]());
  expect(await webhook.listen()).toBeUndefined();
});

const alertOf = (number: number): object => ({
  status: 'firing',
  labels: { alertname: 'RpiDown', project: 'p', name: 'kitchen', severity: 'critical' },
  annotations: { summary: 'kitchen does not answer.' },
  startsAt: '2026-11-22T10:00:00Z',
  fingerprint: `f${number}`,
});
const messageOf = (alerts: readonly object[], more: object = {}): string =>
  JSON.stringify({ version: '4', status: 'firing', alerts, ...more });

async function post(body: string, token = 'right', to = '/alertmanager'): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${base}${to}`, { method: 'POST', headers, body })).status;
}

test('takes what Alertmanager sends; it is on the disk before it is confirmed, and survives', async () => {
  expect(await post(messageOf([alertOf(1)]))).toBe(200);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(book.of('kitchen')).toMatchObject([{ alert: 'RpiDown', told: 'firing' }]);
  const again = await openAlertBook(path, 'p');
  expect(again.of('kitchen')).toEqual(book.of('kitchen'));
  await writeFile(path, '{"torn');
  expect((await openAlertBook(path, 'p')).of('kitchen')).toEqual([]);
});

test('lets nobody in without the token, and takes a new one at once', async () => {
  const message = messageOf([alertOf(1)]);
  expect(await post(message, 'wrong')).toBe(401);
  expect((await fetch(`${base}/alertmanager`, { method: 'POST', body: message })).status).toBe(401);
  expect(await webhook.listen()).toMatch(/wrong token/);
  await writeFile(join(folder, 'token'), 'another');
  expect(await post(message)).toBe(401);
  expect(await post(message, 'another')).toBe(200);
  expect(await webhook.listen()).toBeUndefined();
  // An empty file must not let everybody in.
  await writeFile(join(folder, 'token'), '\n');
  expect(await post(message, '')).toBe(503);
});

test('refuses what is no message, what is too long, and what is not for it', async () => {
  expect(await post('{')).toBe(400);
  expect(await post(JSON.stringify({ version: '3', alerts: [] }))).toBe(400);
  expect(await post(messageOf([{ ...alertOf(1), labels: { alertname: 7 } }]))).toBe(400);
  expect(await post(messageOf([]), 'right', '/')).toBe(404);
  const got = await fetch(`${base}/alertmanager`);
  expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
  expect(await post('x'.repeat(4 * 1024 * 1024 + 1))).toBe(413);
  // Without a length it is counted.
  const endless = new ReadableStream({
    pull: (controller) => {
      controller.enqueue(new Uint8Array(65_536));
    },
  });
  const headers = { authorization: 'Bearer right' };
  const sent = fetch(`${base}/alertmanager`, {
    ...{ method: 'POST', headers, body: endless, duplex: 'half' },
  });
  expect(await sent.then(({ status }) => status).catch(() => 413)).toBe(413);
  expect(book.of('kitchen')).toEqual([]);
});

test('holds a bounded number of alerts, and tells of those that were left out', async () => {
  const many = Array.from({ length: 6000 }, (_, number) => alertOf(number));
  expect(await post(messageOf(many, { truncatedAlerts: 3 }))).toBe(200);
  expect(await webhook.listen()).toContain('left 3 alerts out');
  const more = Array.from({ length: 6000 }, (_, number) => alertOf(10_000 + number));
  expect(await post(messageOf(more))).toBe(507);
  expect(book.of('kitchen')).toHaveLength(6000);
});

test('is not confirmed where it can’t be kept', async () => {
  // A file in place of the folder: not even root can write there.
  const blocked = await openAlertBook(join(folder, 'token', 'alerts.json'), 'p');
  book = blocked;
  expect(await post(messageOf([alertOf(1)]))).toBe(503);
  expect(blocked.of('kitchen')).toEqual([]);
  expect(await webhook.listen()).toContain('token');
  expect(await readFile(join(folder, 'token'), 'utf8')).toBe('right\n');
});
