/** `rpi monitor`, started as its service is, over real sshds on many addresses of the loopback. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMALL_NODE_ENVIRONMENT, smallNodeFlags } from '../../../core/command/small-node.ts';
import { encodeBlob, formatPublicKey } from '../../../core/formats/ssh-key.ts';
import { monitorStatus, type MonitorStatus } from '../../../core/monitor/daemon/control.ts';
import { socketFolder } from '../../../core/project/paths.ts';
import { openProject, type Project } from '../../../core/project/project.ts';
import { createIdentity } from '../../../core/ssh/identity.ts';
import { ROOT } from '../../../scripts/bundles.ts';
import { startSshd, type TestSshd } from '../../integration/sshd.ts';

/** Seconds between two looks at a Pi. */
export const INTERVAL = 10;

export type LoopbackFleet = {
  /** For whatever else belongs to it; removed with `stack`. */
  readonly folder: string;
  readonly addresses: readonly string[];
  readonly monitor: ChildProcess;
  readonly status: () => Promise<MonitorStatus>;
};

/** Needs root, sshd, and dist/ as it is built. All of it ends with `stack`. */
export async function watchLoopback(
  stack: AsyncDisposableStack,
  hosts: number,
): Promise<LoopbackFleet> {
  const folder = await mkdtemp(join(tmpdir(), 'rpi-bench-monitor-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const addresses = Array.from(
    { length: hosts },
    (_, n) => `127.1.${Math.floor(n / 250)}.${(n % 250) + 1}`,
  );
  const { project, env } = await createProject(folder);
  const identity = await createIdentity(project.identity, 'bench');
  const keys = identity.publicKeys.map(formatPublicKey).join('\n');
  const sshd = stack.use(
    await startSshd({
      addresses,
      prepare: `mkdir -p /root/.ssh; echo '${keys}' >/root/.ssh/authorized_keys; chmod -R go-rwx /root`,
    }),
  );
  await writeInventory(project, sshd, addresses);
  const monitor = running(
    stack,
    process.execPath,
    [...smallNodeFlags(1), join(ROOT, 'dist/rpi.js'), 'monitor'],
    folder,
    { ...env, ...SMALL_NODE_ENVIRONMENT },
  );
  return {
    folder,
    addresses,
    monitor,
    status: () => monitorStatus(socketFolder(env), project),
  };
}

async function createProject(
  folder: string,
): Promise<{ readonly project: Project; readonly env: Readonly<Record<string, string>> }> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
    NO_COLOR: '1',
  };
  await mkdir(env.XDG_RUNTIME_DIR, { mode: 0o700 });
  await mkdir(join(folder, 'inventory'));
  await writeFile(
    join(folder, 'rpi.yml'),
    `version: 1\nid: bench-monitor\nmonitor: {interval: ${INTERVAL}}\n`,
  );
  return { project: await openProject(folder, env), env };
}

async function writeInventory(
  project: Project,
  { port, hostKey }: TestSshd,
  addresses: readonly string[],
): Promise<void> {
  const hosts = addresses.map(
    (address, n) =>
      `    pi-${n}: {ansible_host: ${address}, ansible_port: ${port}, ansible_user: root}\n`,
  );
  await writeFile(project.inventory, `all:\n  hosts:\n${hosts.join('')}`);
  await mkdir(project.data, { recursive: true });
  const key = `${hostKey.type} ${encodeBlob(hostKey)}`;
  await writeFile(project.knownHosts, addresses.map((a) => `[${a}]:${port} ${key}\n`).join(''));
}

/** Ended with `stack`, by its own process. */
export function running(
  stack: AsyncDisposableStack,
  command: string,
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): ChildProcess {
  const child = spawn(command, words, { cwd, env, stdio: 'ignore' });
  stack.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  });
  return child;
}

/** Seconds of the process, and of children that ended: proc(5), in hundredths. */
export async function cpuOf({ pid }: ChildProcess): Promise<number> {
  const text = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
  const words = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return words.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

export async function memoryOf({ pid }: ChildProcess, what = 'VmRSS'): Promise<number> {
  const text = await readFile(`/proc/${String(pid)}/status`, 'utf8');
  const kibibytes = new RegExp(`^${what}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
  return (Number(kibibytes) * 1024) / 1e6;
}
