/** Telling whether the process that wrote a record still runs: a pid alone may be another's today. */
import { readFileSync } from 'node:fs';
import { systemCode } from '../errors.ts';

export type ProcessIdentity = {
  readonly pid: number;
  readonly bootId?: string | undefined;
  /** Start in clock ticks since boot (`/proc/PID/stat`, field 22). */
  readonly processStart?: string | undefined;
};

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, bootId: bootId(), processStart: startOf(process.pid) };
}

/** True unless it is certain that the process has ended. */
export function isAlive(identity: ProcessIdentity): boolean {
  const boot = bootId();
  if (identity.bootId !== undefined && boot !== undefined && identity.bootId !== boot) return false;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
  const start = startOf(identity.pid);
  return (
    identity.processStart === undefined || start === undefined || identity.processStart === start
  );
}

function bootId(): string | undefined {
  return read('/proc/sys/kernel/random/boot_id')?.trim();
}

function startOf(pid: number): string | undefined {
  // The second field is the program's name in brackets and may itself hold spaces and brackets.
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
