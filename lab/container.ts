/** A machine's system as a process: the systemd-nspawn that boots it, in its own control groups. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { uptime } from 'node:os';
import { dirname, join } from 'node:path';
import { guest } from './base-content.ts';
import type { Command } from './command.ts';
import type { MachinePaths } from './paths.ts';

/** A process with its end: the exit status, or 137 when it was killed. */
export type Running = { child: ChildProcess; exited: Promise<number> };

/** systemd-nspawn's status when the system inside asked for a reboot. */
export const rebootStatus = 133;

/** Boots a machine's disk, which must be mounted, in its network namespace. */
export function systemCommand(name: string, paths: MachinePaths, bootAt: string): Command {
  return {
    command: 'nsenter',
    args: [
      `--net=/run/netns/${name}`,
      ...clockFromZero(),
      'systemd-nspawn',
      '--quiet',
      `--directory=${paths.root}`,
      '--boot',
      `--machine=${name}`,
      '--register=no',
      '--keep-unit',
      `--network-namespace-path=/run/netns/${name}`,
      '--capability=CAP_NET_ADMIN',
      '--console=pipe',
      '--resolv-conf=off',
      '--timezone=off',
      '--link-journal=no',
      `--bind=${paths.boot}:${bootAt}`,
      `--bind-ro=${paths.hardware}:${guest.hardware}`,
      `--bind=${paths.firmware}:${guest.firmware}`,
    ],
  };
}

/** Lets a machine's uptime begin at its boot, where the kernel has time namespaces (5.6); else it is this machine's. */
function clockFromZero(): string[] {
  if (!existsSync('/proc/self/ns/time_for_children')) return [];
  const offset = `-${Math.floor(uptime())}`;
  return ['unshare', '--time', '--monotonic', offset, '--boottime', offset, '--'];
}

/** Has a command join control groups before it begins: only a process itself can do so without a race. */
export function intoCgroups(command: Command, files: readonly string[]): Command {
  const join = 'while [ "$1" != -- ]; do echo $$ > "$1"; shift; done; shift; exec "$@"';
  return {
    command: 'sh',
    args: ['-c', join, 'sh', ...files, '--', command.command, ...command.args],
  };
}

/** Starts a command as the leader of a process group, its output appended to the machine's console. */
export async function startOnConsole(command: Command, consolePath: string): Promise<Running> {
  await mkdir(dirname(consolePath), { recursive: true });
  const output = await open(consolePath, 'a');
  try {
    const child = spawn(command.command, command.args, {
      stdio: ['ignore', output.fd, output.fd],
      detached: true,
    });
    const exited = new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (status) => resolve(status ?? 137));
    });
    return { child, exited };
  } finally {
    await output.close();
  }
}

/** Kills a process with its group: the installer has children that systemd-nspawn has not. */
export function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}

/** What `reboot PARAMETER` was given, once. */
export async function takeRebootParameter(folder: string): Promise<string> {
  const file = join(folder, 'reboot-param');
  const parameter = await readFile(file, 'utf8').catch(() => '');
  await rm(file, { force: true });
  return parameter.trim();
}
