import { spawnSync } from 'node:child_process';
import { get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { exposition } from '../../core/monitor/metrics/exposition.ts';
import { familiesOf } from '../../core/monitor/metrics/families.ts';
import { createLookDurations } from '../../core/monitor/metrics/look-durations.ts';
import { isMeant, listenAddress } from '../../core/monitor/listen.ts';
import { createMetricsServer } from '../../core/monitor/metrics/serve.ts';
import type { MonitorStatus } from '../../core/monitor/daemon/control.ts';
import type { Observation } from '../../core/monitor/watch/observation.ts';
import { parseConfig } from '../../core/project/config.ts';
import { PROMTOOL } from '../prometheus-programs.ts';
import { parsePrometheus } from './prometheus-text.ts';

const EVIL = 'a "quoted" \\ name\nrpi_host_state{host="x"} 9 ü 🍓';

/** A Pi with everything, one that is gone, and one that is called what nobody should be called. */
const status: MonitorStatus = {
  version: '0.1.0',
  pid: 1,
  since: '2026-11-22T10:00:00.000Z',
  lookedAt: '2026-11-22T10:01:00.000Z',
  interval: 10,
  self: { at: 0, monotonic: 0, link: 'yes', gateway: 'unknown' },
  hosts: [
    {
      ...seen('kitchen', 'warning'),
      groups: ['sensors', 'ground'],
      planned: 'provision by “me”',
      vitals: {
        uptime: 86_400.5,
        temperature: 51.25,
        memoryTotal: 4e9,
        diskTotal: 1e22,
        rootReadOnly: false,
        throttled: 0x50005,
        model: 'Raspberry Pi 4 Model B Rev 1.4',
        os: 'Debian',
      },
      signs: { clockOffset: -0.000001, failedUnits: ['a.service', 'b.service'] },
      checks: [
        { name: 'http', ok: true, detail: 'token=secret' },
        { name: 'http', ok: false, detail: 'no' },
      ],
    },
    { ...seen('garden', 'unreachable'), error: { code: 'ssh.timeout', message: 'secret' } },
    seen(EVIL, 'healthy'),
  ],
  proposals: [
    {
      id: 'p1',
      host: 'garden',
      remedy: 'reboot',
      made: '2026-11-22T10:00:00.000Z',
      expires: '2026-11-23T10:00:00.000Z',
      evidence: ['secret'],
    },
  ],
  faults: ['secret'],
};

function seen(host: string, state: Observation['state']): Observation {
  const yes = state === 'unreachable' ? 'no' : 'yes';
  const signals: Observation['signals'] = {
    neighbour: 'unknown',
    tcp22: yes,
    ssh: yes,
    vitals: yes,
    checks: 'unknown',
  };
  const times = { at: 0, monotonic: 0, groups: [], reasons: [], checks: [] };
  return { host, address: '192.0.2.1', state, ...times, signals };
}

function textNow(): string {
  const looks = createLookDurations();
  for (const seconds of [0.2, 3, 100]) looks.observe(seconds);
  return exposition(familiesOf(status, looks));
}

test('every number comes out as it went in, under names that nothing can break', () => {
  const series = parsePrometheus(textNow());
  const of = (name: string, labels: Record<string, string> = {}): number[] =>
    series
      .filter((each) => each.name === name)
      .filter((each) => Object.entries(labels).every(([key, to]) => each.labels[key] === to))
      .map(({ value }) => value);
  expect(of('rpi_host_temperature_celsius', { host: 'kitchen' })).toEqual([51.25]);
  expect(of('rpi_host_root_size_bytes')).toEqual([1e22]);
  expect(of('rpi_host_clock_offset_seconds')).toEqual([-0.000001]);
  expect(of('rpi_host_failed_units')).toEqual([2]);
  expect(of('rpi_host_throttled', { reason: 'throttled', when: 'boot' })).toEqual([1]);
  expect(of('rpi_host_throttled', { reason: 'hot' })).toEqual([0, 0]);
  expect(of('rpi_host_state', { host: 'garden', state: 'unreachable' })).toEqual([1]);
  expect(of('rpi_host_state', { host: EVIL, state: 'healthy' })).toEqual([1]);
  expect(of('rpi_host_signal', { host: 'garden' })).toEqual([0, 0, 0]);
  expect(of('rpi_host_check', { host: 'kitchen' })).toEqual([0]);
  expect(of('rpi_host_planned')).toEqual([1, 0, 0]);
  expect(of('rpi_host_proposal')).toEqual([1]);
  expect(of('rpi_host_group')).toEqual([1, 1]);
  expect(of('rpi_monitor_self')).toEqual([1]);
  expect(of('rpi_monitor_look_duration_seconds_bucket', { le: '2.5' })).toEqual([1]);
  expect(of('rpi_monitor_look_duration_seconds_bucket', { le: '+Inf' })).toEqual([3]);
  expect(of('rpi_monitor_look_duration_seconds_count')).toEqual([3]);
  expect(textNow()).not.toContain('secret');
});

test.skipIf(PROMTOOL === undefined)('promtool finds nothing to say about it', () => {
  const checked = spawnSync(PROMTOOL ?? '', ['check', 'metrics'], {
    input: textNow(),
    encoding: 'utf8',
  });
  expect({ code: checked.status, said: checked.stdout + checked.stderr }).toEqual({
    code: 0,
    said: '',
  });
});

test('answers GET /metrics and nothing else', async () => {
  const port = await freePort();
  const server = createMetricsServer({ host: '127.0.0.1', port }, textNow);
  onTestFinished(() => server[Symbol.asyncDispose]());
  expect(await server.listen()).toBeUndefined();
  expect(await server.listen()).toBeUndefined();
  const base = `http://127.0.0.1:${port}`;
  const got = await fetch(`${base}/metrics`);
  expect(got.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(parsePrometheus(await got.text()).length).toBeGreaterThan(20);
  expect((await fetch(base)).status).toBe(404);
  const posted = await fetch(`${base}/metrics`, { method: 'POST', body: 'x' });
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET']);
  expect((await fetch(`${base}/metrics`, { headers: { x: 'y'.repeat(20_000) } })).status).toBe(431);
});

test('of this machine only, a web page that calls it by a name of its own reads nothing', async () => {
  const port = await freePort();
  const server = createMetricsServer({ host: '127.0.0.1', port }, () => 'x 1\n');
  onTestFinished(() => server[Symbol.asyncDispose]());
  await server.listen();
  const statusFor = async (host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: '/metrics', headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, 'LOCALHOST', `[::1]:${port}`]) {
    expect(await statusFor(host)).toBe(200);
  }
  for (const host of [`evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.evil.example']) {
    expect(await statusFor(host)).toBe(421);
  }
  expect(isMeant('pi.lan:9117', { host: '0.0.0.0', port })).toBe(true);
  expect(isMeant(undefined, { host: '127.0.0.1', port })).toBe(false);
});

test('a port that is taken is told, and used once it is free', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo; // a TCP server has no other
  const server = createMetricsServer({ host: '127.0.0.1', port }, () => 'x 1\n');
  onTestFinished(() => server[Symbol.asyncDispose]());
  expect(await server.listen()).toMatch(/the port is in use.*monitor\.metrics/);
  await new Promise((resolve) => other.close(resolve));
  expect(await server.listen()).toBeUndefined();
});

test('is of this machine only where no address is named', () => {
  expect(listenAddress(9117)).toEqual({ host: '127.0.0.1', port: 9117 });
  expect(listenAddress('[::1]:9117')).toEqual({ host: '::1', port: 9117 });
  expect(listenAddress('0.0.0.0:9117')).toEqual({ host: '0.0.0.0', port: 9117 });
  const read = (metrics: string): boolean =>
    parseConfig(`version: 1\nid: test\nmonitor: {metrics: '${metrics}'}\n`).ok;
  expect(['127.0.0.1:9117', '[::1]:1', 'pi.lan:65535'].map(read)).toEqual([true, true, true]);
  expect(['', ':9117', '127.0.0.1', 'x:0', 'x:65536', 'a b:1'].map(read)).not.toContain(true);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server has no other
  await new Promise((resolve) => server.close(resolve));
  return port;
}
