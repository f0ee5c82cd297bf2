/** What the monitor makes of a fleet that is not well, or not to be seen, on the lab: nobody is wiped. */
import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listRuns } from '../../core/runs/reader.ts';
import { run as runInLab } from '../../lab/command.ts';
import { enterCommand } from '../../lab/lab.ts';
import {
  expectCode,
  fullTests,
  hostsLab,
  monitorStatus,
  printed,
  settings,
  startTestLab,
  whyNoLab,
  type LabProject,
  type TestLab,
} from './lab-fixture.ts';

const NAMES = ['alpha', 'bravo', 'charlie', 'delta', 'echo'] as const;
const PORT = 9199;
/** Prints what it is told, a line each. */
const RECEIVER = `require('node:http').createServer((request, response) => {
  let body = '';
  request.on('data', (part) => (body += part)).on('end', () => { console.log(body); response.end(); });
}).listen(${PORT}, '127.0.0.1', () => console.log('listening'));`;
/** A gateway that is gone is found out within seconds: the kernel's own times are half a minute. */
const QUICK_NEIGHBOURS = [
  'base_reachable_time_ms=1000',
  'delay_first_probe_time=1',
  'retrans_time_ms=200',
].map((each) => `net.ipv4.neigh.br0.${each}`);

describe.runIf(hostsLab && fullTests)(`a fleet on the lab${whyNoLab}`, { timeout: 60_000 }, () => {
  let test: TestLab;
  let project: LabProject;
  let monitor: ChildProcess | undefined;
  let receiver: ChildProcess | undefined;
  let told: string[] = [];

  /** Runs a program at the bridge's side. */
  const onBridge = async (program: string, ...args: string[]): Promise<string> =>
    (await runInLab(await enterCommand(program, args, { dir: test.lab.dir }))).stdout;
  const ports = async (state: 'up' | 'down', hosts: readonly string[]): Promise<void> => {
    for (const host of hosts) {
      const index = NAMES.findIndex((name) => name === host);
      await onBridge('ip', 'link', 'set', `v${index}-0`, state);
    }
  };
  const throughBravo = (): Promise<string> =>
    onBridge('ip', 'route', 'replace', 'default', 'via', test.address('bravo'));

  /** A monitor that may do all it can, also wipe. */
  const watch = async (checks: readonly string[] = []): Promise<ChildProcess> => {
    const lines = [
      `access: {identity: ${test.lab.identity}}`,
      'monitor:',
      '  {interval: 1, timeout: 2, memory: 101, disk: 99, temperature: 199,',
      '  detection: {failures: 2, window: 3, recover: 2, settle: 2, flaps: 50},',
      `  notify_after: 6, notify: [{type: chat, url: 'http://127.0.0.1:${PORT}/'}],`,
      `  checks: [${checks.join(', ')}],`,
      '  remedies: {mode: auto, healthy_for: 2, ladder: [{do: reinstall, mode: auto, after: 3}]}}',
    ];
    await project.write({ 'rpi.yml': settings(lines) });
    told = [];
    monitor = await project.start(['monitor']);
    return monitor;
  };
  const remedies = async (): Promise<string[]> =>
    (await listRuns(join(project.root, '.rpi', 'runs')))
      .map(({ started }) => started.command)
      .filter((command) => command.startsWith('monitor '));
  const explain = async (host: string): Promise<string> => {
    const done = await project.rpi(['monitor', 'explain', host]);
    expectCode(done, 0);
    return done.stdout;
  };
  const judged = (
    running: ChildProcess,
    hosts: readonly string[],
    what: string,
  ): Promise<unknown> =>
    Promise.all(hosts.map((host) => printed(running, new RegExp(`${host}.*judged ${what}`))));

  beforeAll(async () => {
    test = await startTestLab([
      { name: 'alpha', login: 'key' },
      { name: 'bravo', login: 'key' },
      { name: 'charlie', login: 'key' },
      { name: 'delta', login: 'key', faults: ['under-voltage', 'read-only'] },
      { name: 'echo', login: 'key', faults: ['disk-full'] },
    ]);
    project = await test.project({
      'rpi.yml': settings([`access: {identity: ${test.lab.identity}}`]),
      'inventory/hosts.yml': `all:\n  hosts:\n${NAMES.map(
        (name) => `    ${name}: {ansible_host: ${test.address(name)}, ansible_user: root}\n`,
      ).join('')}`,
    });
    // Two of them can't be enrolled: nothing can be written on them.
    const keys = await onBridge('ssh-keyscan', '-t', 'ed25519', ...NAMES.map(test.address));
    await mkdir(join(project.home, 'data/rpi/lab-test'), { recursive: true });
    await writeFile(join(project.home, 'data/rpi/lab-test/known_hosts'), keys);
    await onBridge('sysctl', '--quiet', '--write', ...QUICK_NEIGHBOURS);
    // The control machine keeps its link when the switch behind it dies: one port stays up.
    await onBridge('ip', 'link', 'add', 'stays', 'type', 'veth', 'peer', 'name', 'stays-on');
    await onBridge('ip', 'link', 'set', 'stays-on', 'up');
    await onBridge('ip', 'link', 'set', 'stays', 'master', 'br0', 'up');
    await throughBravo();
    const { command, args } = await enterCommand(process.execPath, ['-e', RECEIVER], {
      dir: test.lab.dir,
    });
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    receiver = child;
    const listening = once(child.stdout, 'data');
    child.stdout.on('data', (chunk: Buffer) => {
      told.push(
        ...chunk
          .toString()
          .split('\n')
          .filter((line) => line.startsWith('{')),
      );
    });
    await listening;
  });

  afterEach(async () => {
    // Whatever was broken and how far the test came: the next one begins with a whole fleet.
    await test.on('alpha', 'pkill -CONT sshd || true');
    await onBridge('ip', 'link', 'set', 'br0', 'up');
    await onBridge('nft', 'add table bridge cut; delete table bridge cut');
    await ports('up', NAMES);
    await throughBravo();
    if (monitor === undefined) return;
    const ends = once(monitor, 'close');
    process.kill((await monitorStatus(project)).pid, 'SIGINT');
    await ends;
    monitor = undefined;
    expect(await remedies()).toEqual([]);
  });

  afterAll(async () => {
    receiver?.kill();
    await test[Symbol.asyncDispose]();
  });

  it('throttling, a read-only root and a full disk are seen in the vitals; a full disk is no reason to wipe', async () => {
    const running = await watch([
      "{command: 'head -c 65536 /dev/zero >/var/tmp/more', hosts: echo, every: 1, name: has room}",
    ]);
    await printed(running, /echo.*judged failed: .*has room/);
    await delay(5000);
    const { hosts, proposals } = await monitorStatus(project);
    expect(proposals).toEqual([]);
    const reasons = (name: string): string =>
      hosts.find(({ host }) => host === name)?.reasons.join('; ') ?? '';
    expect(reasons('delta')).toMatch(/under-voltage/i);
    expect(reasons('delta')).toMatch(/throttled/i);
    expect(reasons('delta')).toMatch(/read-only/i);
    expect(reasons('echo')).toMatch(/disk/i);
    expect(reasons('alpha')).toBe('');
    expect(await explain('echo')).toMatch(/No reinstall: .*short of disk/);
  });

  it('a hung sshd is told from a Pi that is gone, and nothing that needs a login is tried', async () => {
    const running = await watch();
    await printed(running, /alpha.*healthy/);
    const failed = judged(running, ['alpha'], 'failed: ssh does not let us in');
    await test.on('alpha', 'pkill -STOP sshd');
    await failed;
    await delay(5000);
    expect((await monitorStatus(project)).hosts).toMatchObject([
      { host: 'alpha', signals: { neighbour: 'yes', tcp22: 'yes', ssh: 'no' } },
      ...NAMES.slice(1).map((host) => ({ host, signals: { ssh: 'yes' } })),
    ]);
    expect(await explain('alpha')).toMatch(
      /the network answers, ssh does not[^]*No reinstall: .*needs a login/,
    );
    const closed = printed(running, /alpha.*the case is closed/);
    await test.on('alpha', 'pkill -CONT sshd');
    await closed;
  });

  it('a Pi that only this machine does not see is told by another one, and not called failed', async () => {
    const running = await watch();
    await printed(running, /echo.*(?:healthy|warning)/);
    await expect.poll(async () => (await monitorStatus(project)).hosts.length).toBe(5);
    let said = '';
    running.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await onBridge(
      'nft',
      'add table bridge cut; add chain bridge cut input { type filter hook input priority 0; }; add rule bridge cut input iifname "v0-0" drop',
    );
    const seenOfAlpha = async (): Promise<string> =>
      (await monitorStatus(project)).hosts.find(({ host }) => host === 'alpha')?.reasons.join() ??
      '';
    await expect
      .poll(seenOfAlpha, { timeout: 20_000 })
      .toMatch(/(?:bravo|charlie|delta|echo).* can reach it: the way from here is broken/);
    await delay(8000);
    expect(await seenOfAlpha()).toMatch(/the way from here is broken/);
    expect(said).not.toMatch(/alpha.*judged failed/);
    // Its power is cut now: nobody sees it any more.
    const failed = printed(running, /alpha.*judged failed: .*can’t reach it either/);
    await test.cut('alpha');
    await failed;
    await onBridge('nft', 'add table bridge cut; delete table bridge cut');
    const well = judged(running, ['alpha'], 'healthy');
    await test.plug('alpha');
    await well;
  });

  it('60 % of the fleet partitioned: one alert that names them, nothing is begun, and it is taken back', async () => {
    const running = await watch();
    await printed(running, /echo.*(?:healthy|warning)/);
    const gone = ['charlie', 'delta', 'echo'];
    const failed = judged(running, gone, 'failed');
    await ports('down', gone);
    await failed;
    await expect.poll(() => told.length, { timeout: 30_000 }).toBe(1);
    expect(told[0]).toContain('charlie, delta, echo: failed');
    await delay(3000);
    expect((await monitorStatus(project)).proposals).toEqual([]);
    expect(await explain('delta')).toMatch(/No reinstall: .*3 of 5 Pis are unhealthy/);
    const well = judged(running, gone, 'healthy');
    await ports('up', gone);
    await well;
    await expect.poll(() => told.length, { timeout: 30_000 }).toBe(2);
    expect(told[1]).toContain('charlie, delta, echo: healthy again');
  });

  it('the switch is dead: all are gone at once, one alert says that nothing is judged, nothing is begun', async () => {
    const running = await watch();
    await printed(running, /echo.*(?:healthy|warning)/);
    const blind = printed(running, /Nothing is judged: The gateway does not answer/);
    await ports('down', NAMES);
    await blind;
    await expect.poll(() => told.length, { timeout: 30_000 }).toBe(1);
    await delay(8000);
    const back = printed(running, /This machine’s network is back/);
    await ports('up', NAMES);
    await back;
    await expect.poll(() => told.length, { timeout: 30_000 }).toBe(2);
    await delay(4000);
    expect(told.map((text) => /judged/.exec(text)?.[0])).toEqual(['judged', 'judged']);
    expect(told.join()).not.toMatch(/failed|healthy again/);
  });

  it('the link of the control machine is down: one alert, and no Pi is held responsible', async () => {
    const running = await watch();
    await printed(running, /echo.*(?:healthy|warning)/);
    const blind = printed(running, /Nothing is judged/);
    await onBridge('ip', 'link', 'set', 'br0', 'down');
    await blind;
    await expect.poll(() => told.length, { timeout: 30_000 }).toBe(1);
    const { hosts } = await monitorStatus(project);
    expect(hosts.map(({ signals }) => signals.ssh)).toEqual(NAMES.map(() => 'no'));
    const back = printed(running, /This machine’s network is back/);
    await onBridge('ip', 'link', 'set', 'br0', 'up');
    await throughBravo();
    await back;
    await expect.poll(() => told.length, { timeout: 30_000 }).toBe(2);
    expect(told.join()).not.toMatch(/failed|healthy again/);
    const [, since] = (await explain('alpha')).split('this machine has no link to the Pis');
    expect(since).toMatch(/can judge again/);
    expect(since).not.toMatch(/failed|wrong|reinstall/i);
  });
});
