/** One machine: its power, its boots, its address. What it boots is its firmware's choice (firmware.ts). */
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Base } from './base.ts';
import { makeMachineCgroups, removeCgroups } from './cgroup.ts';
import { attempt, run } from './command.ts';
import type { Command } from './command.ts';
import {
  intoCgroups,
  killGroup,
  rebootStatus,
  startOnConsole,
  systemCommand,
  takeRebootParameter,
} from './container.ts';
import type { Running } from './container.ts';
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
import type { LabPaths } from './paths.ts';
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
  /** Asks it to power off, as `poweroff` does; cuts after 15 s. */
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

type Power = { on: boolean };

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
  /** Of one life: a new one has its own, so that the end of the old can't switch it off. */
  let power = { on: false };
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

  async function live(mine: Power): Promise<void> {
    // What was left there before a power cut asked for a reboot that never came.
    await takeRebootParameter(paths.firmware);
    let parameter = '';
    while (mine.on) {
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
      const status = await runOnce(boot, mine);
      await log(`ended with status ${status}`);
      if (status !== rebootStatus) break;
      parameter = await takeRebootParameter(paths.firmware);
    }
  }

  async function runOnce(choice: Boot, mine: Power): Promise<number> {
    await removeCgroups(cgroups);
    const files = await makeMachineCgroups(around.cgroups, definition.name);
    for (const command of plugCables(definition, around.index)) await run(command);
    try {
      const command = commandFor(choice);
      const now = await startOnConsole(intoCgroups(command, files), paths.console);
      running = now;
      // The power may have been cut while we were still plugging in.
      if (!mine.on) killGroup(now.child, 'SIGKILL');
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
    if (power.on) return;
    const mine = { on: true };
    power = mine;
    problem = undefined;
    state = 'booting';
    const previous = life;
    life = (async () => {
      await previous;
      await live(mine);
      state = 'off';
    })()
      .catch(async (error: unknown) => {
        problem = messageOf(error);
        state = 'failed';
        await log(`failed: ${problem}`);
      })
      .finally(() => {
        mine.on = false;
      });
    await Promise.resolve();
  }

  async function cut(): Promise<void> {
    power.on = false;
    if (running !== undefined) killGroup(running.child, 'SIGKILL');
    await life;
  }

  async function shutDown(): Promise<void> {
    // Only a system can be asked; an installer has nobody who would listen.
    if (boot?.target !== 'system') {
      await cut();
      return;
    }
    power.on = false;
    const asked = running;
    if (asked !== undefined) {
      // To systemd-nspawn this means: have the system inside power off.
      asked.child.kill('SIGTERM');
      const patience = setTimeout(() => killGroup(asked.child, 'SIGKILL'), 15_000);
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
