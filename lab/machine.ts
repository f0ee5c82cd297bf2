/** One machine: its power, its boots, its address. What it boots is its firmware's choice (firmware.ts). */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, open, readFile, rm } from 'node:fs/promises';
import { uptime } from 'node:os';
import { dirname, join } from 'node:path';
import type { Base } from './base.ts';
import { guest } from './base-content.ts';
import { makeMachineCgroups, removeCgroups } from './cgroup.ts';
import { attempt, run } from './command.ts';
import type { Command } from './command.ts';
import {
  mountDisk,
  mountSmallDisk,
  readDiskState,
  settleInstallation,
  setupOf,
  unmountDisk,
  writeBootPartition,
  writeDiskState,
} from './disk.ts';
import { messageOf } from './errors.ts';
import type { Boot } from './firmware.ts';
import { readFirmware } from './firmware.ts';
import { refreshHardware, writeHardware } from './hardware.ts';
import { installerCommand } from './installer-process.ts';
import type { MachineDefinition } from './lab-file.ts';
import { diesAfter } from './lab-file.ts';
import { models } from './models.ts';
import { gateway, plugCables, unplugCables } from './network.ts';
import { machinePaths } from './paths.ts';
import type { LabPaths, MachinePaths } from './paths.ts';
import { pause } from './pause.ts';
import { probe } from './probe.ts';
import { setUpSystem } from './setup.ts';

export type MachineState = 'off' | 'booting' | 'on' | 'installing' | 'dead' | 'failed';

export type MachineSurroundings = {
  lab: LabPaths;
  base: Base;
  publicKey: string;
  /** The lab's control groups, one in each hierarchy. */
  cgroups: readonly string[];
  /** Its place in the lab file: numbers its cables. */
  index: number;
  /** The address that DHCP gave a MAC. */
  addressOf: (mac: string) => string | undefined;
};

export type Machine = {
  definition: MachineDefinition;
  /** Gives it power; it boots. Nothing when it has power already. */
  powerOn: () => Promise<void>;
  /** Takes its power away: everything in it is killed this moment. */
  cut: () => Promise<void>;
  /** Asks it to power off, as `poweroff` does; cuts after 20 s. */
  shutDown: () => Promise<void>;
  /** Forgets its mounts: the end of the lab. */
  release: () => Promise<void>;
  report: () => MachineReport;
  refresh: (now: number) => Promise<void>;
};

export type MachineReport = {
  name: string;
  state: MachineState;
  /** Of its first interface; absent until DHCP gave one. */
  address?: string;
  /** What its sshd greets with. */
  banner?: string;
  /** How often it has booted since the lab came up. */
  boots: number;
  /** The supervisor's view of its process: systemd-nspawn's pid, for entering it. */
  pid?: number;
  /** Why it failed. */
  problem?: string;
};

type Running = { child: ChildProcess; exited: Promise<number> };

/** systemd-nspawn's status when the system inside asked for a reboot. */
const rebootStatus = 133;

export function createMachine(definition: MachineDefinition, around: MachineSurroundings): Machine {
  const paths = machinePaths(around.lab, definition.name);
  const cgroups = around.cgroups.map((group) => join(group, definition.name));
  const filter = definition.model === undefined ? 'all' : models[definition.model].filter;
  let state: MachineState = 'off';
  let boots = 0;
  let running: Running | undefined;
  let boot: Boot | undefined;
  let banner: string | undefined;
  let problem: string | undefined;
  /** Ends when the machine has lost its power, for whatever reason. */
  let life: Promise<void> | undefined;
  let powered = false;
  let mounted = false;
  let smallDisk = false;
  let bootAt: '/boot' | '/boot/firmware' = '/boot/firmware';
  let lastAddress: string | undefined;

  async function prepareDisk(): Promise<void> {
    if (definition.faults.includes('disk-full') && !smallDisk) await mountSmallDisk(paths);
    smallDisk = true;
    if ((await settleInstallation(paths, around.base, definition)) === 'wiped') return;
    const disk = await readDiskState(paths);
    bootAt = disk?.bootAt ?? '/boot/firmware';
    if (!mounted) await mountDisk(paths, around.base, disk?.layers ?? []);
    mounted = true;
    if (disk !== undefined) return;
    await setUpSystem(paths.root, definition, gateway, around.publicKey);
    await writeBootPartition(paths.boot);
    await writeDiskState(paths, { base: around.base.key, setup: setupOf(definition), layers: [] });
  }

  async function live(): Promise<void> {
    // What was left there before a power cut asked for a reboot that never came.
    await takeRebootParameter(paths.firmware);
    let parameter = '';
    while (powered) {
      await prepareDisk();
      boot = await readFirmware(paths.boot, parameter, filter);
      // The installer works on the disk itself; and a disk that it wiped and left has no system.
      if (boot.target === 'installer') await unmount();
      else if (!mounted) boot = { ...boot, target: 'none' };
      if (definition.kind === 'pi') await writeHardware(paths.hardware, definition, boot);
      else await mkdir(paths.hardware, { recursive: true });
      await log(`boot ${boot.target} by ${boot.config}`);
      boots += 1;
      banner = undefined;
      state = { installer: 'installing', system: 'booting', none: 'dead' }[
        boot.target
      ] as MachineState;
      const status = await runOnce(boot);
      await log(`ended with status ${status}`);
      if (status !== rebootStatus) break;
      parameter = await takeRebootParameter(paths.firmware);
    }
  }

  async function runOnce(choice: Boot): Promise<number> {
    await removeCgroups(cgroups);
    const files = await makeMachineCgroups(around.cgroups, definition.name);
    for (const command of plugCables(definition, around.index)) await run(command);
    try {
      const command = commandFor(choice);
      const now = await start(intoCgroups(command, files), paths.console);
      running = now;
      // The power may have been cut while we were still plugging in.
      if (!isPowered()) now.child.kill('SIGKILL');
      const watch = new AbortController();
      void watchSsh(watch.signal);
      const doom = startDoom();
      const status = await now.exited;
      watch.abort();
      clearTimeout(doom);
      return status;
    } finally {
      running = undefined;
      for (const command of unplugCables(definition, around.index)) await attempt(command);
    }
  }

  function commandFor(choice: Boot): Command {
    switch (choice.target) {
      case 'installer':
        return installerCommand(around.lab, around.base, definition, firstAddress());
      case 'system':
        return systemCommand(definition.name, paths, bootAt);
      case 'none':
        return { command: 'sleep', args: ['infinity'] };
    }
  }

  async function unmount(): Promise<void> {
    if (mounted) await unmountDisk(paths);
    mounted = false;
  }

  // A function, because `powered` changes while we wait.
  function isPowered(): boolean {
    return powered;
  }

  function startDoom(): NodeJS.Timeout | undefined {
    const seconds = diesAfter(definition);
    return seconds === undefined ? undefined : setTimeout(() => void cut(), seconds * 1000);
  }

  function firstAddress(): string | undefined {
    const [mac] = definition.macs;
    // Remembered, because dnsmasq empties its file for a moment whenever it writes it.
    if (mac !== undefined) lastAddress = around.addressOf(mac) ?? lastAddress;
    return lastAddress;
  }

  async function watchSsh(signal: AbortSignal): Promise<void> {
    const silent =
      definition.faults.includes('sshd-hangs') || definition.faults.includes('no-sshd');
    while (!signal.aborted) {
      const address = firstAddress();
      const answer = address === undefined ? undefined : await probe(address, signal);
      if (state === 'booting' && answer?.kind === 'banner') {
        banner = answer.text;
        state = 'on';
        return;
      }
      if (
        state === 'booting' &&
        silent &&
        (answer?.kind === 'silent' || answer?.kind === 'refused')
      ) {
        state = 'on';
        return;
      }
      await pause(100);
    }
  }

  async function powerOn(): Promise<void> {
    if (powered) return;
    powered = true;
    problem = undefined;
    state = 'booting';
    const previous = life;
    life = (async () => {
      await previous;
      await live();
      state = 'off';
    })()
      .catch(async (error: unknown) => {
        problem = messageOf(error);
        state = 'failed';
        await log(`failed: ${problem}`);
      })
      .finally(() => {
        powered = false;
      });
    await Promise.resolve();
  }

  async function cut(): Promise<void> {
    powered = false;
    if (running !== undefined) kill(running.child, 'SIGKILL');
    await life;
  }

  async function shutDown(): Promise<void> {
    powered = false;
    const asked = running;
    if (asked !== undefined) {
      // To systemd-nspawn this means: have the system inside power off.
      asked.child.kill('SIGTERM');
      const patience = setTimeout(() => kill(asked.child, 'SIGKILL'), 20_000);
      await life;
      clearTimeout(patience);
    }
    await life;
  }

  async function release(): Promise<void> {
    await life;
    await unmount();
    await removeCgroups(cgroups);
  }

  function report(): MachineReport {
    const address = state === 'off' ? undefined : firstAddress();
    return {
      name: definition.name,
      state,
      boots,
      ...(address === undefined ? {} : { address }),
      ...(banner === undefined || state !== 'on' ? {} : { banner }),
      ...(running?.child.pid === undefined ? {} : { pid: running.child.pid }),
      ...(problem === undefined ? {} : { problem }),
    };
  }

  async function refresh(now: number): Promise<void> {
    if (running !== undefined && boot?.target === 'system') {
      await refreshHardware(paths.hardware, definition, boot, now);
    }
  }

  async function log(text: string): Promise<void> {
    await appendFile(
      join(around.lab.logs, `${definition.name}.firmware.log`),
      `${new Date().toISOString()} ${text}\n`,
    );
  }

  return { definition, powerOn, cut, shutDown, release, report, refresh };
}

function systemCommand(name: string, paths: MachinePaths, bootAt: string): Command {
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
function intoCgroups(command: Command, files: readonly string[]): Command {
  const join = 'while [ "$1" != -- ]; do echo $$ > "$1"; shift; done; shift; exec "$@"';
  return {
    command: 'sh',
    args: ['-c', join, 'sh', ...files, '--', command.command, ...command.args],
  };
}

async function start(command: Command, consolePath: string): Promise<Running> {
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
function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}

async function takeRebootParameter(folder: string): Promise<string> {
  const file = join(folder, 'reboot-param');
  const parameter = await readFile(file, 'utf8').catch(() => '');
  await rm(file, { force: true });
  return parameter.trim();
}
