/** Which supervisor belongs to a lab, and whether it lives: by pid, start time and boot id together. */
import { readFileSync } from 'node:fs';
import { link, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { isSystemError, LabError } from './errors.ts';
import type { LabPaths } from './paths.ts';

const record = z.object({
  /** The one process whose death ends the lab. */
  pid: z.int(),
  /** Field 22 of /proc/PID/stat: with the boot id, no other process can be taken for it. */
  startTime: z.string(),
  bootId: z.string(),
  started: z.string(),
});

export type SupervisorRecord = z.output<typeof record>;

export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** The start time of a process in clock ticks, or nothing when there is no such process (or it is a zombie). */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export function isAlive(pid: number): boolean {
  return startTimeOf(pid) !== undefined;
}

/** The record as it was left, whether its process lives or not. */
export async function readRecord(paths: LabPaths): Promise<SupervisorRecord | undefined> {
  try {
    return record.parse(JSON.parse(await readFile(paths.record, 'utf8')));
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/** The record of a supervisor that lives, or nothing. */
export async function liveRecord(paths: LabPaths): Promise<SupervisorRecord | undefined> {
  const found = await readRecord(paths);
  return found !== undefined && lives(found) ? found : undefined;
}

export function lives(found: SupervisorRecord): boolean {
  return found.bootId === bootId() && startTimeOf(found.pid) === found.startTime;
}

export async function writeRecord(paths: LabPaths, found: SupervisorRecord): Promise<void> {
  await writeAtomically(paths.record, `${JSON.stringify(found, null, 2)}\n`);
}

export async function writeAtomically(path: string, content: string): Promise<void> {
  const partial = `${path}.partial-${process.pid}`;
  await writeFile(partial, content);
  await rename(partial, path);
}

/**
 * Holds the lab's lock while `work` runs, so that two `up` don't meet.
 * @throws LabError `busy` when another living process holds it
 */
export async function withLock<Result>(
  paths: LabPaths,
  work: () => Promise<Result>,
): Promise<Result> {
  await mkdir(paths.dir, { recursive: true });
  const mine = `${paths.lock}.${process.pid}`;
  await writeFile(mine, `${process.pid} ${startTimeOf(process.pid) ?? ''}\n`);
  for (;;) {
    // A hard link appears whole or not at all: nobody ever reads a lock without a holder in it.
    const taken = await link(mine, paths.lock).then(
      () => true,
      (error: unknown) => {
        if (isSystemError(error, 'EEXIST')) return false;
        throw error;
      },
    );
    if (taken) break;
    const holder = await readFile(paths.lock, 'utf8').catch(() => '');
    const [pid, start] = holder.trim().split(' ');
    if (startTimeOf(Number(pid)) === start && holder !== '') {
      await rm(mine);
      throw new LabError(
        'busy',
        `Process ${pid ?? '?'} is starting or changing this lab (${paths.dir}).`,
        'Wait until it is done, or use another lab: RPI_LAB_DIR=/some/folder.',
      );
    }
    await rm(paths.lock, { force: true });
  }
  try {
    return await work();
  } finally {
    await rm(paths.lock, { force: true });
    await rm(mine, { force: true });
  }
}

/** Pids of a process's children, as /proc of the calling namespace numbers them. */
export async function childrenOf(pid: number): Promise<number[]> {
  const children: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      if (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === String(pid))
        children.push(Number(name));
    } catch {
      // It ended while we looked.
    }
  }
  return children;
}
