/** The lines of a project's file. */
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { isWithin } from '../../core/files/within.ts';

/** Bytes. Longer than any playbook that a person reads. */
const MOST = 2 * 1024 * 1024;

/** A pipe is opened without waiting for its other end; Windows has no such flag. */
const READ = constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK);

export type FileLines = {
  readonly lines: readonly string[];
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
};

/**
 * Undefined for what is not below `root`, is no regular file, can’t be read or is too long. The
 * path comes from a journal, which anybody may have written: nothing else is looked at, no device
 * or pipe is waited for, and no link leads out.
 */
export async function readLines(root: string, path: string): Promise<FileLines | undefined> {
  if (!isWithin(root, path)) return undefined;
  try {
    const [folder, real] = await Promise.all([realpath(root), realpath(path)]);
    if (!isWithin(folder, real)) return undefined;
    const file = await open(real, READ);
    try {
      const found = await file.stat();
      if (!found.isFile() || found.size > MOST) return undefined;
      const text = await file.readFile('utf8');
      return { lines: text.split(/\r?\n/), modifiedAt: found.mtimeMs };
    } finally {
      await file.close();
    }
  } catch {
    return undefined; // It is not there any more.
  }
}
