/** The lab as tests, demo and benchmarks use it. The command line (main.ts) is a thin face of the same functions. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBase } from './base.ts';
import { removeCgroups } from './cgroup.ts';
import { attempt, run } from './command.ts';
import type { Command } from './command.ts';
import { ask, isListening } from './control.ts';
import type { LiveReport } from './control.ts';
import { prepareDisks } from './disk.ts';
import { LabError, messageOf } from './errors.ts';
import { isInstalled, requireHost } from './host.ts';
import { parseLabFile, serialOf } from './lab-file.ts';
import type { LabDefinition } from './lab-file.ts';
import { cidr, gateway } from './network.ts';
import { cacheDirectory, labPaths } from './paths.ts';
import type { LabPaths } from './paths.ts';
import { readRunningDefinition, writeRunningDefinition } from './running.ts';
import { removeUnusedSnapshots, restoreSnapshot, saveSnapshot } from './snapshot.ts';
import {
  bootId,
  childrenOf,
  lives,
  liveRecord,
  readRecord,
  startTimeOf,
  withLock,
  writeRecord,
} from './state.ts';
import type { SupervisorRecord } from './state.ts';

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
    const base = await ensureBase(cacheDirectory(), say, signal);
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
    signal?.throwIfAborted();
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
    options.signal?.throwIfAborted();
    const status = await requireStatus(labPaths(options.dir));
    const found = status.machines.find((each) => each.name === machine);
    if (found?.state === 'on') return found;
    if (found === undefined || found.state === 'failed' || Date.now() > deadline) {
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
    const { rested } = await ask(record, { verb: 'rest' });
    try {
      return await saveSnapshot(paths, definition, base, name);
    } finally {
      await ask(record, { verb: 'wake', machines: rested });
      await Promise.all(rested.map((machine) => labWaitFor(machine, options)));
    }
  });
}

/** A command as root inside a machine, over no network: for looking, and for breaking things in tests. */
export async function execCommand(
  machine: string,
  command: string,
  args: readonly string[],
  options: LabOptions = {},
): Promise<Command> {
  const record = await requireRecord(labPaths(options.dir));
  const { machines } = await ask(record, { verb: 'status' });
  const found = machines.find((each) => each.name === machine);
  if (found?.leader === undefined) {
    const known = machines.map((each) => each.name).join(', ');
    throw found === undefined
      ? new LabError(
          'unknown-machine',
          `There is no machine ${machine}; there are ${known}.`,
          'Check the name.',
        )
      : new LabError(
          'wrong-state',
          `${machine} is ${found.state}.`,
          `npm run lab -- plug ${machine}`,
        );
  }
  // Two steps: into the lab, where the machine's pid is known by the number that the supervisor gave; then in.
  const [init] = await childrenOf(record.pid);
  const environment = [
    '-i',
    'HOME=/root',
    'USER=root',
    'LANG=C.UTF-8',
    `TERM=${process.env['TERM'] ?? 'dumb'}`,
  ];
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return {
    command: 'nsenter',
    args: [
      `--target=${init ?? record.pid}`,
      '--mount',
      '--pid',
      '--',
      'nsenter',
      `--target=${found.leader}`,
      '--mount',
      '--uts',
      '--ipc',
      '--net',
      '--pid',
      '--root',
      '--wd',
      '--',
      'env',
      ...environment,
      path,
      command,
      ...args,
    ],
  };
}

/**
 * A command on the bridge's side, where the machine that controls the Pis is: this machine's files and
 * programs, the lab's network. As root, or as another user of this machine.
 */
export async function enterCommand(
  command: string,
  args: readonly string[],
  options: LabOptions & { user?: string | undefined } = {},
): Promise<Command> {
  const record = await requireRecord(labPaths(options.dir));
  const enter = [`--target=${record.pid}`, '--net', '--'];
  if (options.user === undefined) return { command: 'nsenter', args: [...enter, command, ...args] };
  const account = await findAccount(options.user);
  return {
    command: 'nsenter',
    args: [
      ...enter,
      'setpriv',
      `--reuid=${account.uid}`,
      `--regid=${account.gid}`,
      ...(account.name === undefined ? ['--clear-groups'] : ['--init-groups']),
      '--',
      'env',
      `HOME=${account.home}`,
      ...(account.name === undefined ? [] : [`USER=${account.name}`, `LOGNAME=${account.name}`]),
      command,
      ...args,
    ],
  };
}

type Account = { name?: string; uid: number; gid: number; home: string };

async function findAccount(user: string): Promise<Account> {
  const { code, stdout } = await attempt({ command: 'getent', args: ['passwd', user] });
  const [name, , uid, gid, , home] = stdout.trim().split(':');
  if (code === 0 && name !== undefined && home !== undefined) {
    return { name, uid: Number(uid), gid: Number(gid), home };
  }
  // A number needs no account: that is how a test gets an ordinary user on any machine.
  if (/^\d+$/.test(user)) return { uid: Number(user), gid: Number(user), home: '/' };
  throw new LabError('bad-argument', `There is no user ${user}.`, 'Give a user name, or a number.');
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

async function startSupervisor(paths: LabPaths): Promise<SupervisorRecord> {
  const namespaces = ['-m', '-n', '-p', '-i', '-u', '--fork', '--kill-child', '--mount-proc'];
  // sh is the namespace's init: it takes up orphans while it waits for the supervisor, and ends with it.
  const init = ['sh', '-c', '"$@" & wait $!', 'sh'];
  const supervisor = [process.execPath, join(import.meta.dirname, 'supervisor.ts'), paths.dir];
  const command = ['unshare', ...namespaces, '--', ...init, ...supervisor];
  const scope = ['systemd-run', '--scope', '--quiet', '--collect', '-p', 'Delegate=yes', '--'];
  // Where systemd owns the control groups, it must be asked for one to have groups of our own in.
  const [first, ...rest] =
    existsSync('/run/systemd/system') && isInstalled('systemd-run')
      ? [...scope, ...command]
      : command;
  const output = await open(join(paths.logs, 'supervisor.log'), 'a');
  try {
    const child = spawn(first ?? 'unshare', rest, {
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
      cwd: '/',
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    const pid = child.pid ?? 0;
    const record = {
      pid,
      startTime: startTimeOf(pid) ?? '',
      bootId: bootId(),
      started: new Date().toISOString(),
    };
    await writeRecord(paths, record);
    return record;
  } finally {
    await output.close();
  }
}

async function waitUntilUp(
  paths: LabPaths,
  record: SupervisorRecord,
  definition: LabDefinition,
  options: UpOptions & { onProgress: (text: string) => void },
): Promise<void> {
  const started = Date.now();
  const deadline = started + (options.timeout ?? 120) * 1000;
  const told = new Set<string>();
  while (told.size < definition.machines.length) {
    if (options.signal?.aborted === true) {
      throw new LabError(
        'interrupted',
        'Interrupted: the lab was taken down again.',
        'npm run lab -- up',
      );
    }
    if (!lives(record)) {
      const log = join(paths.logs, 'supervisor.log');
      const said = (await readFile(log, 'utf8').catch(() => ''))
        .trim()
        .split('\n')
        .slice(-8)
        .join('\n');
      throw new LabError(
        'start-failed',
        `The lab ended while it started:\n${said}`,
        `Look into ${log}.`,
      );
    }
    const machines = isListening(record) ? (await ask(record, { verb: 'status' })).machines : [];
    for (const machine of machines) {
      if (machine.state === 'failed') {
        throw new LabError(
          'start-failed',
          `${machine.name} did not start: ${machine.problem ?? 'no reason known'}`,
          `Look into ${join(paths.logs, `${machine.name}.console.log`)}.`,
        );
      }
      if (machine.state !== 'on' || told.has(machine.name)) continue;
      told.add(machine.name);
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      options.onProgress(
        `${machine.name} ${machine.address ?? ''} ${machine.banner ?? 'is up'} (${seconds} s)`,
      );
    }
    if (Date.now() > deadline) {
      const missing = definition.machines
        .map((each) => each.name)
        .filter((name) => !told.has(name));
      throw new LabError(
        'start-failed',
        `No answer from ${missing.join(', ')}.`,
        `Look into ${paths.logs}; on a slow machine give more time: --timeout 300.`,
      );
    }
    await pause(50);
  }
}

async function killSupervisor(record: SupervisorRecord): Promise<void> {
  if (!lives(record)) return;
  process.kill(record.pid, 'SIGKILL');
  await endOf(record, 5000);
}

async function endOf(record: SupervisorRecord, milliseconds: number): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (lives(record) && Date.now() < deadline) await pause(10);
}

/** Removes what a lab that is gone can't remove itself: its record, and its control groups once they are empty. */
async function removeRemains(paths: LabPaths): Promise<void> {
  const record = await readRecord(paths);
  if (record !== undefined && lives(record)) return;
  const text = await readFile(paths.cgroups, 'utf8').catch(() => '[]');
  const parsed: unknown = JSON.parse(text);
  const groups = Array.isArray(parsed) ? parsed.filter((each) => typeof each === 'string') : [];
  // The killed processes take a moment to leave their groups.
  for (let attempts = 0; attempts < 50; attempts += 1) {
    if (await removeCgroups(groups)) break;
    await pause(100);
  }
  await rm(paths.cgroups, { force: true });
  await rm(paths.record, { force: true });
}

async function requireRecord(paths: LabPaths): Promise<SupervisorRecord> {
  const record = await liveRecord(paths);
  if (record !== undefined) return record;
  throw new LabError('not-running', `The lab in ${paths.dir} is not up.`, 'npm run lab -- up');
}

async function requireStatus(paths: LabPaths): Promise<RunningLab> {
  await requireRecord(paths);
  const status = await labStatus({ dir: paths.dir });
  if (status.up) return status;
  throw new LabError('not-running', `The lab in ${paths.dir} is not up.`, 'npm run lab -- up');
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
