/** The lab as tests, demo and benchmarks use it. The command line (main.ts) is a thin face of the same functions. */
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureArchives } from './archives.ts';
import { ensureBase } from './base.ts';
import { run } from './command.ts';
import { ask, isListening } from './control.ts';
import type { LiveReport } from './control.ts';
import { prepareDisks } from './disk.ts';
import { LabError, messageOf, throwIfInterrupted } from './errors.ts';
import { requireHost } from './host.ts';
import { requireInotify } from './inotify.ts';
import { parseLabFile, serialOf } from './lab-file.ts';
import type { LabDefinition } from './lab-file.ts';
import { cidr, gateway } from './network.ts';
import { ensurePackageCache } from './package-cache.ts';
import { cacheDirectory, labPaths } from './paths.ts';
import type { LabPaths } from './paths.ts';
import { pause } from './pause.ts';
import { readRunningDefinition, writeRunningDefinition } from './running.ts';
import { removeUnusedSnapshots, restoreSnapshot, saveSnapshot } from './snapshot.ts';
import { liveRecord, withLock } from './state.ts';
import {
  endOf,
  killSupervisor,
  removeRemains,
  requireRecord,
  startSupervisor,
  waitUntilUp,
} from './supervisor-process.ts';

export { canHostLab } from './host.ts';
export { enterCommand, execCommand } from './enter.ts';

export type LabOptions = {
  /** The lab's folder; RPI_LAB_DIR or the checkout's own when absent. */
  dir?: string | undefined;
};

export type UpOptions = LabOptions & {
  /** The lab file; lab/default.yml when absent. */
  file?: string | undefined;
  /** Begin from a snapshot; `fresh` begins anew. Absent: go on from where the machines were. */
  snapshot?: string | undefined;
  onProgress?: ((text: string) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** How long the machines may take, in seconds (120). */
  timeout?: number | undefined;
};

export type MachineStatus = Omit<LiveReport, 'pid' | 'leader'> & {
  kind: 'pi' | 'decoy';
  macs: string[];
  model?: string;
  serial?: string;
  login: string;
  /** How many 1-wire sensors it has. */
  sensors: number;
  faults: string[];
};

export type LabStatus =
  | { up: false; dir: string }
  | {
      up: true;
      dir: string;
      /** The one process whose death ends the lab. */
      pid: number;
      network: string;
      gateway: string;
      /** Private key that the `key` machines accept, for root and for pi. */
      identity: string;
      machines: MachineStatus[];
    };

export type RunningLab = Extract<LabStatus, { up: true }>;

const defaultFile = join(import.meta.dirname, 'default.yml');

/**
 * Brings a lab up and waits until its machines answer ssh. A lab that is up already is left as it is
 * (`already` is true then).
 * @throws LabError; after any failure and after an abort nothing of the lab is left running
 */
export async function labUp(options: UpOptions = {}): Promise<RunningLab & { already: boolean }> {
  const paths = labPaths(options.dir);
  const { signal } = options;
  const say = options.onProgress ?? (() => undefined);
  await requireHost();
  return await withLock(paths, async () => {
    const running = await liveRecord(paths);
    if (running !== undefined && isListening(running)) {
      return { ...(await requireStatus(paths)), already: true };
    }
    if (running !== undefined) await killSupervisor(running);
    const file = options.file ?? defaultFile;
    const definition = await readLabFile(file);
    await removeRemains(paths);
    requireInotify(definition.machines.length);
    const base = await ensureBase(cacheDirectory(), say, signal);
    await ensureArchives(base, say, signal);
    if (definition.packageCache) await ensurePackageCache(cacheDirectory(), say, signal);
    for (const folder of [paths.machines, paths.snapshots, paths.keys, paths.logs]) {
      await mkdir(folder, { recursive: true });
    }
    await ensureKey(paths);
    if (options.snapshot !== undefined)
      await restoreSnapshot(paths, definition, base, options.snapshot);
    const renewed = await prepareDisks(paths, definition, base);
    if (renewed.length > 0)
      say(`begin anew, because their definition or the base changed: ${renewed.join(', ')}`);
    await removeUnusedSnapshots(paths);
    await writeRunningDefinition(paths, { definition, base });
    throwIfInterrupted(signal);
    const record = await startSupervisor(paths);
    try {
      await waitUntilUp(paths, record, definition, { ...options, onProgress: say });
    } catch (error) {
      await killSupervisor(record);
      await removeRemains(paths);
      throw error;
    }
    return { ...(await requireStatus(paths)), already: false };
  });
}

/** What is up, or that nothing is. */
export async function labStatus(options: LabOptions = {}): Promise<LabStatus> {
  const paths = labPaths(options.dir);
  const record = await liveRecord(paths);
  if (record === undefined) return { up: false, dir: paths.dir };
  const { definition } = await readRunningDefinition(paths);
  const { machines } = await ask(record, { verb: 'status' });
  return {
    up: true,
    dir: paths.dir,
    pid: record.pid,
    network: cidr,
    gateway,
    identity: join(paths.keys, 'id_ed25519'),
    machines: definition.machines.flatMap((machine) => {
      const report = machines.find((each) => each.name === machine.name);
      if (report === undefined) return [];
      // Pids are of the supervisor's own namespace: nothing to anyone outside.
      const live: Partial<LiveReport> = { ...report };
      delete live.pid;
      delete live.leader;
      return [
        {
          ...live,
          name: report.name,
          state: report.state,
          boots: report.boots,
          kind: machine.kind,
          macs: machine.macs,
          login: machine.login,
          sensors: machine.sensors.length,
          faults: machine.faults.map((each) => (typeof each === 'string' ? each : 'dies-after')),
          ...(machine.model === undefined
            ? {}
            : { model: machine.model, serial: serialOf(machine) }),
        },
      ];
    }),
  };
}

/** Powers every machine off and ends the lab. False when it was not up. What a killed lab left is removed. */
export async function labDown(options: LabOptions = {}): Promise<boolean> {
  const paths = labPaths(options.dir);
  return await withLock(paths, async () => {
    const record = await liveRecord(paths);
    if (record !== undefined) {
      await ask(record, { verb: 'down' }).catch((error: unknown) => {
        // One that does not answer is ended all the same.
        if (!(error instanceof LabError && error.code === 'not-running')) throw error;
      });
      await endOf(record, 2000);
      await killSupervisor(record);
    }
    await removeRemains(paths);
    return record !== undefined;
  });
}

/** A power cut: everything in the machine is killed this moment. */
export async function labCut(machine: string, options: LabOptions = {}): Promise<void> {
  await ask(await requireRecord(labPaths(options.dir)), { verb: 'cut', machine });
}

/** Power again, and waits until the machine answers. Nothing when it has power. */
export async function labPlug(machine: string, options: UpOptions = {}): Promise<MachineStatus> {
  const paths = labPaths(options.dir);
  await ask(await requireRecord(paths), { verb: 'plug', machine });
  return await labWaitFor(machine, options);
}

/** Waits until a machine is on and, unless its faults forbid it, its sshd greets. */
export async function labWaitFor(machine: string, options: UpOptions = {}): Promise<MachineStatus> {
  const deadline = Date.now() + (options.timeout ?? 120) * 1000;
  for (;;) {
    throwIfInterrupted(options.signal);
    const status = await requireStatus(labPaths(options.dir));
    const found = status.machines.find((each) => each.name === machine);
    if (found?.state === 'on') return found;
    if (
      found === undefined ||
      found.state === 'failed' ||
      found.state === 'dead' ||
      Date.now() > deadline
    ) {
      throw new LabError(
        'start-failed',
        `${machine} did not come up: ${found?.problem ?? found?.state ?? 'there is no such machine'}`,
        `Look into ${join(status.dir, 'logs')}.`,
      );
    }
    await pause(100);
  }
}

/**
 * Saves a snapshot. A lab that is up is quiesced: every machine powers off, is saved, and boots again.
 * @returns the names of machines that it does not hold (never booted, or with a disk of memory)
 */
export async function labSnapshot(name: string, options: LabOptions = {}): Promise<string[]> {
  const paths = labPaths(options.dir);
  return await withLock(paths, async () => {
    const { definition, base } = await readRunningDefinition(paths);
    const record = await liveRecord(paths);
    if (record === undefined) return await saveSnapshot(paths, definition, base, name);
    const before = (await ask(record, { verb: 'status' })).machines;
    const { rested } = await ask(record, { verb: 'rest' });
    try {
      return await saveSnapshot(paths, definition, base, name);
    } finally {
      await ask(record, { verb: 'wake', machines: rested });
      const answering = before.filter((each) => each.state === 'on');
      await Promise.all(answering.map((each) => labWaitFor(each.name, options)));
    }
  });
}

async function readLabFile(file: string): Promise<LabDefinition> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new LabError(
      'lab-file',
      `${file}: ${messageOf(error)}`,
      'Name a lab file that can be read.',
      { cause: error },
    );
  });
  return parseLabFile(text, file);
}

async function ensureKey(paths: LabPaths): Promise<void> {
  const key = join(paths.keys, 'id_ed25519');
  if (existsSync(key)) return;
  await chmod(paths.keys, 0o700);
  const args = ['-q', '-t', 'ed25519', '-N', '', '-C', 'rpi-lab', '-f', key];
  await run({ command: 'ssh-keygen', args });
}

async function requireStatus(paths: LabPaths): Promise<RunningLab> {
  await requireRecord(paths);
  const status = await labStatus({ dir: paths.dir });
  if (status.up) return status;
  throw new LabError('not-running', `The lab in ${paths.dir} is not up.`, 'npm run lab -- up');
}
