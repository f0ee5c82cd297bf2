/** Detection on the lab, by the packaged `rpi`, as an ordinary user. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseEvent, type Event, type Sighting } from '../../core/runs/event.ts';
import { run as runInLab } from '../../lab/command.ts';
import { canHostLab } from '../../lab/host.ts';
import {
  enterCommand,
  execCommand,
  labCut,
  labDown,
  labPlug,
  labUp,
  type RunningLab,
} from '../../lab/lab.ts';
import { ORDINARY_USER, stageRpi, type StagedRpi } from '../bench/staged-rpi.ts';
import { ended, type Ended } from './rpi.ts';

const hosting = await canHostLab();
const NETWORK = ['--network', '10.77.0.0/24'];

let dir: string;
let lab: RunningLab & { readonly already: boolean };
let staged: StagedRpi;

/** Starts `rpi` in the lab's network without any of root's rights. */
async function start(args: readonly string[]): Promise<ChildProcess> {
  const env = Object.entries(staged.env).map(([name, value]) => `${name}=${value}`);
  const user = String(ORDINARY_USER);
  const entered = await enterCommand('env', [...env, ...staged.words, ...args], { dir, user });
  return spawn(entered.command, entered.args, {
    cwd: staged.home,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function rpi(...args: string[]): Promise<Ended> {
  return ended(await start(args));
}

async function detected(...args: string[]): Promise<{ events: Event[]; latest: Sighting[] }> {
  const { code, stdout, stderr } = await rpi('--json', 'detect', ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const events = stdout.split('\n').flatMap((line) => parseEvent(line) ?? []);
  const latest = new Map<string, Sighting>();
  for (const event of events) {
    if (event.kind === 'sighting') latest.set(event.sighting.address, event.sighting);
  }
  return { events, latest: [...latest.values()] };
}

async function inLab(command: string, ...args: string[]): Promise<string> {
  return (await runInLab(await enterCommand(command, args, { dir }))).stdout;
}

async function onMachine(name: string, script: string): Promise<string> {
  return (await runInLab(await execCommand(name, 'sh', ['-c', script], { dir }))).stdout;
}

/** How often a machine's sshd was connected to from where detection runs. */
async function connections(name: string): Promise<number> {
  const script =
    'journalctl --sync; journalctl --no-pager -t sshd | grep -c "by 10.77.0.1 port" || true';
  return Number(await onMachine(name, script));
}

const machines = (kind: 'pi' | 'decoy') => lab.machines.filter((machine) => machine.kind === kind);
const macs = (sightings: readonly Sighting[]) => sightings.map((seen) => seen.mac).sort();
const macsOf = (kind: 'pi' | 'decoy') =>
  machines(kind)
    .flatMap((machine) => machine.macs)
    .sort();
const addressOf = (name: string) => lab.machines.find((each) => each.name === name)?.address ?? '';

describe.skipIf(!hosting.ok)('rpi detect', () => {
  beforeAll(async () => {
    dir = process.env['RPI_LAB_DIR'] ?? (await mkdtemp(join(tmpdir(), 'rpi-detect-lab-')));
    lab = await labUp({ dir });
    staged = await stageRpi();
  });

  afterAll(async () => {
    await staged[Symbol.asyncDispose]();
    if (!lab.already) await labDown({ dir });
    if (process.env['RPI_LAB_DIR'] === undefined) await rm(dir, { recursive: true, force: true });
  });

  /** Every test begins with no neighbours known and nothing remembered. */
  beforeEach(async () => {
    await inLab('ip', 'neigh', 'flush', 'all');
    await rm(join(staged.home, 'rpi'), { recursive: true, force: true });
  });

  it('finds the six Pis and neither decoy, with names and banners', async () => {
    const { latest } = await detected(...NETWORK);
    expect(macs(latest)).toEqual(macsOf('pi'));
    expect(latest.map((seen) => seen.name).sort()).toEqual(
      machines('pi')
        .map((pi) => pi.name)
        .sort(),
    );
    expect(latest.every((seen) => seen.isPi && /Raspbian/.test(seen.banner ?? ''))).toBe(true);
  });

  it('prints each Pi once as it appears, then a table; --explain says why', async () => {
    const { code, stdout } = await rpi('detect', ...NETWORK, '--explain');
    expect(code).toBe(0);
    for (const { name, address } of machines('pi')) {
      expect(
        stdout.split('\n').filter((line) => line.startsWith(`● ${address ?? ''} `)),
      ).toHaveLength(1);
      expect(stdout).toMatch(new RegExp(`^${address ?? ''} .* ${name} `, 'm'));
    }
    expect(stdout).toContain('6 Pis found in 10.77.0.0/24');
    expect(stdout).toContain('+ b8:27:eb:4a:10:01 is from a block of Raspberry Pi Foundation');
    expect(stdout).not.toContain('nas1');
  });

  it('shows the decoys only with --all, as no Pis', async () => {
    const { latest } = await detected(...NETWORK, '--all');
    expect(macs(latest.filter((seen) => !seen.isPi))).toEqual(macsOf('decoy'));
    expect(macs(latest.filter((seen) => seen.isPi))).toEqual(macsOf('pi'));
  });

  it('logs in nowhere, leaves decoys in peace, asks a Pi’s ssh server once an hour', async () => {
    const before = await Promise.all(['pi1', 'nas1'].map(connections));
    await detected(...NETWORK);
    await detected(...NETWORK);
    const after = await Promise.all(['pi1', 'nas1'].map(connections));
    expect((after[0] ?? 0) - (before[0] ?? 0)).toBe(1);
    expect(after[1]).toBe(before[1]);
    for (const name of ['pi1', 'nas1']) {
      const tried = await onMachine(
        name,
        'journalctl --no-pager -t sshd | grep -cE "Failed|Invalid|Accepted" || true',
      );
      expect(Number(tried)).toBe(0);
    }
  });

  it('keeps what it saw, in the project whose networks it searched', async () => {
    const root = join(staged.home, 'project');
    await mkdir(root, { recursive: true });
    await writeFile(
      join(root, 'rpi.yml'),
      'version: 1\nid: detect-test\nnetworks: [10.77.0.0/24]\n',
    );
    await chown(root, ORDINARY_USER, ORDINARY_USER);
    const { code } = await rpi('--project', root, 'detect');
    expect(code).toBe(0);
    const kept: unknown = JSON.parse(await readFile(join(root, '.rpi', 'sightings.json'), 'utf8'));
    expect(kept).toMatchObject({ version: 1 });
    for (const mac of macsOf('pi')) expect(JSON.stringify(kept)).toContain(mac);
  });

  it('does not count a Pi that was switched off, though the neighbour table still has it', async () => {
    await detected(...NETWORK);
    await labCut('pi3', { dir });
    try {
      const { events, latest } = await detected(...NETWORK);
      expect(latest.map((seen) => seen.name)).not.toContain('pi3');
      expect(latest).toHaveLength(5);
      const warnings = events.flatMap((event) => (event.kind === 'log' ? [event.text] : []));
      expect(warnings.join()).toMatch(
        /^pi3 was at 10\.77\.0\.\d+ a minute ago and does not answer now\.$/,
      );
    } finally {
      await labPlug('pi3', { dir });
    }
  });

  it('waits for a known Pi that the first questions did not reach', async () => {
    await detected(...NETWORK);
    const mac = machines('pi')[0]?.macs[0] ?? '';
    const port = new RegExp(`^${mac} dev (\\S+) `, 'm').exec(
      await inLab('bridge', 'fdb', 'show'),
    )?.[1];
    expect(port).toBeDefined();
    const setPort = (state: 'disabled' | 'forwarding') =>
      inLab('bridge', 'link', 'set', 'dev', port ?? '', 'state', state === 'disabled' ? '0' : '3');
    await inLab('ip', 'neigh', 'flush', 'all');
    await setPort('disabled');
    const scan = detected(...NETWORK);
    // The kernel asks again after a second; a scan that knows no Pis is over by then.
    await new Promise((resolve) => setTimeout(resolve, 700));
    await setPort('forwarding');
    expect(macs((await scan).latest)).toEqual(macsOf('pi'));
  });

  it('takes nmap’s findings too', async () => {
    const { latest } = await detected(...NETWORK, '--nmap');
    expect(macs(latest)).toEqual(macsOf('pi'));
  });

  it('looks only at the addresses of a host list', async () => {
    const list = join(staged.home, 'pis.txt');
    await writeFile(list, `${addressOf('pi1')} # in the shed\n${addressOf('nas1')}\n10.77.0.250\n`);
    const { latest } = await detected('--hosts', list);
    expect(latest.map((seen) => seen.name)).toEqual(['pi1']);
  });

  it('finds a Pi behind a router by its banner, where that is asked for', async () => {
    await onMachine('pi1', 'ip addr add 10.88.0.9/32 dev lo');
    await inLab('ip', 'route', 'add', '10.88.0.0/24', 'via', addressOf('pi1'));
    try {
      const refused = await rpi('detect', '--network', '10.88.0.0/24');
      expect(refused.code).toBe(2);
      const { latest } = await detected('--network', '10.88.0.0/24', '--routed');
      expect(latest).toMatchObject([{ address: '10.88.0.9', isPi: true }]);
      expect(latest[0]?.mac).toBeUndefined();
    } finally {
      await inLab('ip', 'route', 'del', '10.88.0.0/24');
      await onMachine('pi1', 'ip addr del 10.88.0.9/32 dev lo');
    }
  });

  it('refuses a network that is not there, and says which are', async () => {
    const { code, stdout } = await rpi('detect', '--network', '10.99.0.0/24');
    expect(code).toBe(2);
    expect(stdout).toContain('not attached to 10.99.0.0/24');
    expect(stdout).toContain('10.77.0.0/24 (br0, a bridge)');
    expect(stdout).toContain('--routed');
  });

  it('touches no bridge unasked', async () => {
    await inLab('ip', 'route', 'add', 'default', 'via', addressOf('pi1'));
    try {
      const { code, stdout } = await rpi('detect');
      expect(code).toBe(2);
      expect(stdout).toContain('is on br0, a bridge');
      expect(stdout).toContain('rpi detect --network 10.77.0.0/24');
    } finally {
      await inLab('ip', 'route', 'del', 'default');
    }
  });

  it.each([
    ['--network', 'fe80::/64', 'not a network'],
    ['--network', '10.0.0.0/8', 'at most a /16'],
    ['--hosts', '/nonexistent', 'ENOENT'],
    ['--wait', 'soon', 'takes seconds'],
  ])('refuses %s %s', async (option, value, says) => {
    const { code, stdout, stderr } = await rpi('detect', option, value);
    expect(code).toBe(2);
    expect(stdout + stderr).toContain(says);
  });

  it('ends on Ctrl-C with what it has found', async () => {
    const child = await start(['--json', 'detect', ...NETWORK, '--wait', '60']);
    const end = ended(child);
    await new Promise<void>((resolve) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        if (chunk.includes('"sighting"')) resolve();
      });
    });
    child.kill('SIGINT');
    const { code, stdout } = await end;
    expect(code).toBe(130);
    expect(stdout).toContain('"status":"cancelled"');
    expect(await readFile(join(staged.home, 'rpi', 'sightings.json'), 'utf8')).toContain(
      '"isPi": true',
    );
  });
});
