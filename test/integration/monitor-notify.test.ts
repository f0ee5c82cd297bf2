import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Notification } from '../../core/monitor/decisions/notify/notification.ts';
import { createTeller, type Teller } from '../../core/monitor/decisions/notify/teller.ts';
import { newEngine, type Durable } from '../../core/monitor/decisions/state.ts';
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

  it('may take later what it is too busy for, and never what it refuses', async () => {
    answers = [503, 429, 404, 302, 200];
    const told: unknown[] = [];
    while (answers.length > 0) told.push(await send({ type: 'chat', url }, FIRING, context));
    expect(told).toEqual([
      { type: 'failed', why: 'it answers 503', again: true },
      { type: 'failed', why: 'it answers 429', again: true },
      { type: 'failed', why: 'it answers 404', again: false },
      { type: 'failed', why: 'no connection', again: true },
      { type: 'ok' },
    ]);
    // Elsewhere the token must not go.
    expect(requests.map(({ request }) => request.url)).not.toContain('/elsewhere');
  });

  const teller = (notifiers: string, sleep: () => Promise<void>): Teller => {
    const parsed = parseConfig(
      `version: 1\nid: garden\nmonitor: {notify_after: 0, notify: [${notifiers}]}\n`,
    );
    if (!parsed.ok) throw new Error('not a configuration');
    const project = { root, config: parsed.config };
    // The rest of a project is not asked for.
    const of = { project, clock: { now: () => 0, sleep } } as unknown as ProjectContext;
    return createTeller(of, newEngine(0).durable);
  };
  const known = (time: number): Durable => ({ ...newEngine(0).durable, time, at: time });
  const change = (host: string, to: 'failed' | 'healthy'): MonitorRecord => ({
    ...{ v: 1, at: new Date(0).toISOString(), time: 0, kind: 'decision.state', host },
    ...{ from: 'suspect', to, what: to === 'failed' ? 'ill' : undefined, why: 'port 22' },
    flapping: false,
  });

  it('of a project is told beside the loop; one that forgets is told again what still is', async () => {
    await using both = teller(
      `{type: chat, url: '${url}'}, {type: alertmanager, url: '${url}'}`,
      () => Promise.resolve(),
    );
    both.tell([change('a', 'failed')], known(0));
    await expect.poll(() => requests.length).toBe(2);
    both.tell([], known(660_000));
    await expect.poll(() => requests.length).toBe(3);
    expect(requests.at(-1)?.request.url).toBe('/secret-topic/api/v2/alerts');
    expect(await both.troubles()).toEqual([
      ['receiver chat', undefined],
      ['receiver alertmanager', undefined],
    ]);
  });

  it('that can’t be reached for a while hears of all that happened, once and in order', async () => {
    const pauses: (() => void)[] = [];
    await using chat = teller(
      `{type: chat, url: '${url}'}`,
      () => new Promise<void>((resolve) => pauses.push(resolve)),
    );
    const dead = url.replace('127.0.0.1', '127.0.0.2'); // nobody listens there
    writeFileSync(join(root, 'moving'), dead);
    await using moving = teller(
      `{type: ntfy, url_file: moving}`,
      () => new Promise<void>((resolve) => pauses.push(resolve)),
    );
    answers = [503];
    for (const each of [chat, moving]) {
      each.tell([change('a', 'failed')], known(0));
      each.tell([change('b', 'failed')], known(1));
      each.tell([change('a', 'healthy')], known(2));
    }
    for (let tries = 0; tries < 3; tries++) {
      await expect.poll(() => pauses.length).toBeGreaterThan(0);
      if (tries === 2) break;
      for (const wake of pauses.splice(0)) wake();
    }
    await expect
      .poll(() => moving.troubles())
      .toEqual([
        ['receiver ntfy', 'ntfy can’t be told: ECONNREFUSED. It is tried again every minute.'],
      ]);
    expect(JSON.stringify(await moving.troubles())).not.toContain('secret-topic');
    writeFileSync(join(root, 'moving'), url);
    for (const wake of pauses.splice(0)) wake();
    await expect.poll(() => requests.length).toBe(1 + 3 + 3);
    const chats = requests.filter(({ body }) => body.startsWith('{')).map(({ body }) => body);
    const titles = ['⚠️ a: failed', '⚠️ a: failed', '⚠️ b: failed', '✅ a: healthy again'];
    expect(chats.map((body) => /"text":"(.*?)\\n/.exec(body)?.[1])).toEqual(titles);
    const others = requests.filter(({ body }) => !body.startsWith('{'));
    expect(
      others.map(({ request }) => new URL(request.url ?? '', url).searchParams.get('title')),
    ).toEqual(['a: failed', 'b: failed', 'a: healthy again']);
    expect(await moving.troubles()).toEqual([['receiver ntfy', undefined]]);
  });

  it('whose file is missing is told before there is anything to tell', async () => {
    await using two = teller('{type: chat, url_file: none}, {type: chat, url_file: address}', () =>
      Promise.resolve(),
    );
    expect(await two.troubles()).toEqual([
      ['receiver chat', expect.stringMatching(/can’t be told: Can't read none \(ENOENT\)/)],
      ['receiver chat 2', undefined],
    ]);
  });

  it('whose file can’t be read is an error with the file’s name', async () => {
    await expect(
      send({ type: 'chat', url_file: 'missing' }, FIRING, context),
    ).rejects.toMatchObject({ code: 'file.not-readable' });
  });
});
