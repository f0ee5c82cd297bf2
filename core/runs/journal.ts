/** The journal of a run: `.rpi/runs/<id>.jsonl`, one event a line, only ever appended to. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { RpiError } from '../errors.ts';
import { writeError } from '../files/atomic.ts';
import { makeFolderSync } from '../files/make-folder.ts';
import type { Event } from './event.ts';

export type Journal = {
  readonly path: string;
  /** Appends one event; `durable` returns only when it is on the disk. */
  readonly append: (event: Event, options?: { readonly durable: boolean }) => void;
  readonly close: () => void;
};

/** Sorts by time of start and says what it was: `20261122T141530123Z-detect-1f2e3d`. */
export function newRunId(command: string, now: number): string {
  const time = new Date(now).toISOString().replace(/[-:.]/g, '');
  const word = command.replace(/[^a-z]+/g, '-');
  return `${time}-${word}-${randomBytes(3).toString('hex')}`;
}

export function journalPath(folder: string, id: string): string {
  return join(folder, `${id}.jsonl`);
}

/** Creates the journal of a new run. Throws `file.not-writable` or `file.disk-full`. */
export function createJournal(folder: string, id: string): Journal {
  const path = journalPath(folder, id);
  const descriptor = attempt(path, () => {
    makeFolderSync(dirname(path), 0o700);
    return openSync(path, 'ax', 0o600);
  });
  let open = true;
  return {
    path,
    append: (event, options) =>
      attempt(path, () => {
        // The number of a closed descriptor may by now be another file's.
        if (!open) throw new RpiError('run.internal', 'The run has ended; nothing can be added.');
        writeAll(descriptor, Buffer.from(`${JSON.stringify(event)}\n`));
        if (options?.durable === true) fsyncSync(descriptor);
      }),
    close: () =>
      attempt(path, () => {
        if (!open) return;
        open = false;
        try {
          fsyncSync(descriptor);
        } finally {
          closeSync(descriptor);
        }
      }),
  };
}

/** A nearly full disk takes part of a write and says so only by the count. */
function writeAll(descriptor: number, bytes: Buffer): void {
  for (let offset = 0; offset < bytes.length;) {
    offset += writeSync(descriptor, bytes, offset);
  }
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw writeError(path, error);
  }
}
