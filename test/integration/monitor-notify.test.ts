import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Notification } from '../../core/monitor/decisions/notify/notification.ts';
import { createOutbox, type Delivery } from '../../core/monitor/decisions/notify/outbox.ts';
import { createTeller, type Teller } from '../../core/monitor/decisions/notify/teller.ts';
import { newEngine, NEW_HOST } from '../../core/monitor/decisions/state.ts';
import type { MonitorRecord } from '../../core/monitor/decisions/record.ts';
import { parseConfig } from '../../core/project/config.ts';
import type { ProjectContext } from '../../core/runs/operation.ts';
import { receiverFault, send, type SendContext } from '../../core/monitor/decisions/notify/send.ts';
import { alertOf, handClock } from '../unit/monitor/decisions/hand-clock.ts';

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

const FAILED: MonitorRecord = {
  ...{ v: 1, at: new Date(0).toISOString(), time: 0, kind: 'decision.state', host: 'a' },
  ...{ from: 'suspect', to: 'failed', what: 'ill', why: 'port 22', flapping: false },
} as const;

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

  it('that is busy is worth another try; one that refuses is not; a token goes nowhere else', async () => {
    for (const [status, again] of [
      [503, true],
      [429, true],
      [404, false],
      [302, true],
    ] as const) {
      answers = [status];
      const failed = await send({ type: 'chat', url }, FIRING, context);
      expect(failed?.again, String(status)).toBe(again);
      expect(failed?.error.code).toBe('monitor.not-told');
      expect(String(failed?.error)).not.toContain('secret-topic');
    }
    expect(requests.map(({ request }) => request.url)).not.toContain('/elsewhere');
  });

  it('that takes the request and says nothing is given up, and worth another try', async () => {
    const mute = createServer(() => undefined);
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const address = mute.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const to = { type: 'chat', url: `http://127.0.0.1:${address.port}/` } as const;
    expect(await send(to, FIRING, { ...context, patience: 50 })).toMatchObject({
      again: true,
      error: { message: 'chat was not told: no answer in time.' },
    });
    mute.close();
    mute.closeAllConnections();
  });

  it('that never ends its answer has taken it, and costs no memory', async () => {
    let sent = 0;
    const endless = createServer((_request, response) => {
      const part = Buffer.alloc(65_536, 'x');
      const more = (): void => {
        sent += part.length;
        if (!response.destroyed) response.write(part, () => setImmediate(more));
      };
      more();
    });
    endless.listen(0, '127.0.0.1');
    await once(endless, 'listening');
    const address = endless.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const at = `http://127.0.0.1:${address.port}/`;
    expect(await send({ type: 'chat', url: at }, FIRING, context)).toBeUndefined();
    expect(sent).toBeLessThan(50_000_000);
    endless.close();
    endless.closeAllConnections();
  });

  it('that can’t be reached is told all of it once, in order, when the link is back', async () => {
    const { clock, pass, wake, pauses } = handClock();
    const dead = createServer();
    dead.listen(0, '127.0.0.1');
    await once(dead, 'listening');
    const address = dead.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    dead.close();
    await once(dead, 'close');
    let to = `http://127.0.0.1:${address.port}/`;
    const controller = new AbortController();
    const told: Delivery[] = [];
    const outbox = createOutbox([], {
      send: (each, signal) => send({ type: 'chat', url: to }, each, { ...context, clock, signal }),
      onDelivery: (delivery) => told.push(delivery),
      onChange: () => undefined,
      clock,
      signal: controller.signal,
    });
    outbox.put(alertOf('a', 'firing'));
    outbox.put(alertOf('a', 'resolved'));
    outbox.put(alertOf('b', 'firing'));
    for (let tries = 1; tries <= 10; tries++) {
      await expect.poll(() => pauses.length).toBe(tries);
      wake();
    }
    await expect.poll(() => pauses.length).toBe(11);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(300_000);
    expect(pauses[10]).toBeGreaterThan(200_000);
    expect(outbox.trouble()?.message).toBe('chat was not told: ECONNREFUSED.');
    to = url;
    pass(3_600_000);
    outbox.hurry();
    await expect.poll(() => outbox.waiting()).toEqual([]);
    expect(requests.map(({ body }) => body.slice(0, 40))).toMatchObject([
      expect.stringContaining('a: firing'),
      expect.stringContaining('a: resolved'),
      expect.stringContaining('b: firing'),
    ]);
    expect(requests[0]?.body).toContain('of 2026-11-22 08:00:00 UTC; it could not be told before');
    expect(told.map(({ result, tries }) => [result, tries])).toEqual([
      ['waits', 1],
      ['delivered', 12],
      ['delivered', 1],
      ['delivered', 1],
    ]);
    expect(outbox.trouble()).toBeUndefined();
    controller.abort();
    await outbox.end();
  });

  /** A project in which these are told; nothing else of one is asked for. */
  const contextOf = (notify: string, data: string): ProjectContext => {
    const parsed = parseConfig(`version: 1\nid: garden\nmonitor: {notify: ${notify}}\n`);
    if (!parsed.ok) throw new Error('not a configuration');
    const project = { root, data: join(root, data), config: parsed.config };
    return { ...context, clock: handClock().clock, project } as unknown as ProjectContext;
  };

  it('of a project is told beside the loop; one that is dead is a trouble, and what it was not told outlives the monitor', async () => {
    const to = `[{type: chat, url: '${url}'}, {type: alertmanager, url: '${url}'}, {type: ntfy, url_file: nowhere}]`;
    const of = contextOf(to, 'data');
    const { durable } = newEngine(0);
    const troublesOf = (teller: Teller): string[] =>
      teller.troubles().flatMap(([, message]) => message ?? []);
    {
      await using teller = await createTeller(of, durable);
      expect(troublesOf(teller)).toEqual([
        expect.stringContaining("Can't read nowhere (ENOENT). monitor.notify in rpi.yml"),
      ]);
      const tell = (records: MonitorRecord[], time: number): void =>
        teller.tell(records, { ...durable, time, at: time });
      tell([FAILED], 0);
      answers = [503, 503];
      tell([], 40_000);
      await expect
        .poll(() => troublesOf(teller).join())
        .toMatch(/chat was not told: it answers 503/);
      await expect.poll(() => troublesOf(teller).length).toBe(3);
      expect(requests).toHaveLength(2);
      // Reminders are not for one that waits for what is new.
      tell([], 660_000);
    }
    const records = readFileSync(join(root, 'data/monitor', '2026-11-22.jsonl'), 'utf8');
    expect(records).toContain('notify.waits');
    expect(records).not.toContain('secret-topic');
    expect(readFileSync(join(root, 'data/monitor', 'not-told.json'), 'utf8')).not.toContain(
      'secret-topic',
    );
    {
      await using teller = await createTeller(of, durable);
      await expect.poll(() => requests.length).toBe(4);
      await expect.poll(() => troublesOf(teller).length).toBe(1);
      teller.tell([], { ...durable, time: 660_000, at: 660_000 });
    }
    expect(
      requests
        .map(({ request }) => request.url)
        .slice(2)
        .sort(),
    ).toEqual(['/secret-topic', '/secret-topic/api/v2/alerts']);
  });

  it('is told once by the next monitor of what the last one was about to tell', async () => {
    const of = contextOf(`[{type: chat, url: '${url}'}]`, 'grouped');
    const { durable } = newEngine(0);
    const a = { ...NEW_HOST, state: 'failed', why: 'port 22', open: true } as const;
    const known = { ...durable, hosts: { a } };
    {
      await using teller = await createTeller(of, durable);
      teller.tell([FAILED], known);
    }
    for (let turn = 0; turn < 2; turn++) {
      await using teller = await createTeller(of, known);
      teller.tell([], { ...known, time: 40_000 });
      await expect.poll(() => requests.length).toBe(1);
    }
    expect(requests[0]?.body).toContain('a: failed');
  });

  it('whose file can’t be read is an error with the file’s name', async () => {
    const missing = { type: 'chat', url_file: 'missing' } as const;
    expect(await send(missing, FIRING, context)).toMatchObject({
      error: { code: 'file.not-readable', message: "Can't read missing (ENOENT)." },
    });
    writeFileSync(join(root, 'empty'), '\n');
    expect(await receiverFault({ type: 'ntfy', url, token_file: 'empty' }, context)).toMatchObject({
      code: 'config.invalid',
      message: 'empty holds no token.',
    });
    expect(await receiverFault({ type: 'ntfy', url, token_file: 'token' }, context)).toBe(
      undefined,
    );
  });
});
