/**
 * Installing virtual Pis: what of the time is ours, and what several at once cost beside one. The
 * installer is set to take 20 s; a real one takes many minutes, of which ours does not grow.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRun, type RunRecord } from '../../core/runs/reader.ts';
import { run as runCommand } from '../../lab/command.ts';
import { enterCommand, execCommand, labDown, labUp, type RunningLab } from '../../lab/lab.ts';
import { INSTALLER_FILES, MIRROR, serveMirror } from '../e2e/editor/mirror.ts';
import { atMost, atMostOf, beside, renderRow, type BenchRow } from './row.ts';
import { stageRpi, type StagedRpi } from './staged-rpi.ts';

const NAMES = Array.from({ length: 8 }, (_, n) => `pi${n + 1}`);
const INSTALLER_SECONDS = 20;

type Setting = {
  readonly lab: RunningLab;
  readonly staged: StagedRpi;
  readonly home: string;
  readonly project: string;
};

/** Seconds. */
type Measured = { readonly whole: number; readonly own: number };

/** Needs root. */
export async function benchmark(): Promise<BenchRow[]> {
  await using disposal = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'rpi-bi-'));
  disposal.defer(() => rm(folder, { recursive: true, force: true }));
  const dir = join(folder, 'lab');
  const file = join(folder, 'lab.yml');
  await writeFile(file, labFile());
  disposal.defer(async () => {
    await labDown({ dir });
  });
  const lab = await labUp({ dir, file, timeout: 240 });
  const staged = disposal.use(await stageRpi());
  disposal.use(await serveMirror(join(folder, 'srv'), dir));
  const setting = { lab, staged, home: folder, project: join(folder, 'p') };
  await makeProject(setting);
  for (const name of NAMES) await inside(setting, name, INSTALLER_FILES);

  const one = await measure(setting, ['pi1'], []);
  const all = await measure(setting, NAMES, ['--canary', '0', '--parallel', '8']);
  const canary = await measure(setting, NAMES, ['--canary', '1', '--parallel', '8']);
  const peer = { peer: one.whole, peerName: 'one Pi', unit: 's' as const };
  return [
    atMostOf(5, { name: 'install one Pi: all but installer and boot', ours: one.own, unit: 's' }),
    beside({ name: 'install one Pi: of the whole', ours: one.own, ...peer }),
    atMost(2, {
      name: 'install 8 Pis at once (--canary 0 --parallel 8)',
      ours: all.whole,
      ...peer,
    }),
    atMost(3, { name: 'install 8 Pis, a canary first', ours: canary.whole, ...peer }),
  ];
}

function labFile(): string {
  const machines = NAMES.map((name, n) =>
    [
      `  - name: ${name}`,
      `    macs: ['dc:a6:32:00:00:${String(n + 10)}']`,
      '    model: Raspberry Pi 4 Model B Rev 1.4',
      '    login: key',
      `    installSeconds: ${INSTALLER_SECONDS}`,
    ].join('\n'),
  );
  return `version: 1\nmachines:\n${machines.join('\n')}\n`;
}

async function makeProject(setting: Setting): Promise<void> {
  const { lab, project } = setting;
  const hosts = lab.machines.map(
    ({ name, address }) => `    ${name}: {ansible_host: ${address ?? ''}, ansible_user: pi}`,
  );
  const files = {
    'rpi.yml': [
      'version: 1',
      'id: bench-install',
      `access: {identity: ${lab.identity}}`,
      `create: {settings: {mirror: '${MIRROR}', release: bookworm, root_ssh_pwlogin: false}}`,
    ].join('\n'),
    'inventory/hosts.yml': `all:\n  hosts:\n${hosts.join('\n')}\n`,
    'create/installer-config.txt': 'timezone=Europe/Berlin\n',
    'create/apt/raspberrypi.org.list': '# none\n',
  };
  for (const folder of ['inventory', 'create/apt'])
    await mkdir(join(project, folder), { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(project, path), text);
  await rpi(setting, ['access', 'enroll', '--accept-new']);
}

/** Resolves with the seconds that it took. */
async function rpi(setting: Setting, args: readonly string[]): Promise<number> {
  const { lab, staged, home, project } = setting;
  const [command, ...first] = staged.words;
  const words = await enterCommand(command, [...first, '--project', project, ...args], {
    dir: lab.dir,
  });
  const began = performance.now();
  const child = spawn(words.command, words.args, {
    env: { ...staged.env, PATH: process.env['PATH'], XDG_DATA_HOME: join(home, 'data') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(child, 'close');
  if (child.exitCode === 0) return (performance.now() - began) / 1000;
  throw new Error(`rpi ${args.join(' ')} ended with ${String(child.exitCode)}: ${said}`);
}

async function measure(
  setting: Setting,
  hosts: readonly string[],
  options: readonly string[],
): Promise<Measured> {
  const began = Date.now() / 1000;
  const yes = hosts.flatMap((host) => ['--yes-wipe', host]);
  const whole = await rpi(setting, ['install', ...hosts, ...yes, ...options]);
  const record = await findRun(join(setting.project, '.rpi', 'runs'), 'last');
  const [host = ''] = hosts;
  const before = restartOf(record, host) - began;
  const after = began + whole - (await sshdSince(setting, host));
  return { whole, own: before + after };
}

/** When the Pi was told to restart; seconds since the epoch. */
function restartOf({ events }: RunRecord, host: string): number {
  const told = events.findLast(
    (event) => event.kind === 'step.intended' && event.step === 'restart' && event.host === host,
  );
  if (told === undefined) throw new Error(`${host} was not restarted`);
  return Date.parse(told.at) / 1000;
}

/** Since when its new system has let somebody in; seconds since the epoch. */
async function sshdSince(setting: Setting, name: string): Promise<number> {
  const script =
    'systemctl show -P ActiveEnterTimestampMonotonic ssh.service; cut -d " " -f 1 /proc/uptime; date +%s.%N';
  const [entered = NaN, uptime = NaN, now = NaN] = (await inside(setting, name, script))
    .trim()
    .split('\n')
    .map(Number);
  return now - (uptime - entered / 1e6);
}

async function inside({ lab }: Setting, name: string, script: string): Promise<string> {
  const { dir } = lab;
  return (await runCommand(await execCommand(name, 'sh', ['-c', script], { dir }))).stdout;
}

if (import.meta.main) {
  for (const row of await benchmark()) process.stdout.write(`${renderRow(row)}\n`);
}
