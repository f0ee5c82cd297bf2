/** The supervisor as a process, seen from outside: started, waited for, ended, and cleaned up after. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeCgroups } from './cgroup.ts';
import { ask, isListening } from './control.ts';
import { LabError, throwIfInterrupted } from './errors.ts';
import { isInstalled } from './host.ts';
import type { LabDefinition } from './lab-file.ts';
import type { LabPaths } from './paths.ts';
import { pause } from './pause.ts';
import { bootId, lives, liveRecord, readRecord, startTimeOf, writeRecord } from './state.ts';
import type { SupervisorRecord } from './state.ts';

export type WaitOptions = {
  onProgress: (text: string) => void;
  signal?: AbortSignal | undefined;
  timeout?: number | undefined;
};

/** Starts the supervisor in namespaces of its own; it outlives us. */
export async function startSupervisor(paths: LabPaths): Promise<SupervisorRecord> {
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

/**
 * Waits until every machine is on.
 * @throws LabError `start-failed` with what is known, `interrupted` after an abort
 */
export async function waitUntilUp(
  paths: LabPaths,
  record: SupervisorRecord,
  definition: LabDefinition,
  options: WaitOptions,
): Promise<void> {
  const started = Date.now();
  const deadline = started + (options.timeout ?? 120) * 1000;
  const told = new Set<string>();
  while (told.size < definition.machines.length) {
    throwIfInterrupted(options.signal);
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

/** Ends the one process, and with it the lab. */
export async function killSupervisor(record: SupervisorRecord): Promise<void> {
  if (!lives(record)) return;
  process.kill(record.pid, 'SIGKILL');
  await endOf(record, 5000);
}

/** Waits a while for its end. */
export async function endOf(record: SupervisorRecord, milliseconds: number): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (lives(record) && Date.now() < deadline) await pause(10);
}

/** Removes what a lab that is gone can't remove itself: its record, and its control groups once they are empty. */
export async function removeRemains(paths: LabPaths): Promise<void> {
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

/** @throws LabError `not-running` */
export async function requireRecord(paths: LabPaths): Promise<SupervisorRecord> {
  const record = await liveRecord(paths);
  if (record !== undefined) return record;
  throw new LabError('not-running', `The lab in ${paths.dir} is not up.`, 'npm run lab -- up');
}
