/** A folder of files that can be made again: bounded, the one not used for longest goes first. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { readdir, readFile, stat, unlink, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../command/run.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { makeFolder } from '../../files/make-folder.ts';

export type Cache = {
  readonly get: (key: string) => Promise<Buffer | undefined>;
  /** Failing to write is no fault: it is read anew the next time. Returns whether it was written. */
  readonly put: (key: string, content: Buffer) => Promise<boolean>;
  /** A part of a file, at once: some kilobytes. Undefined where it is gone. */
  readonly part: (key: string, offset: number, length: number) => Buffer | undefined;
};

/** Bytes: four times all that Debian’s “ansible” brings. */
const MOST = 64 * 1024 * 1024;

export function openCache(folder: string, most = MOST): Cache {
  const pathOf = (key: string): string =>
    join(folder, createHash('sha256').update(key).digest('hex').slice(0, 40));
  return {
    get: async (key) => {
      const path = pathOf(key);
      const content = await readFile(path).catch(() => undefined);
      const now = new Date();
      if (content !== undefined) await utimes(path, now, now).catch(() => undefined);
      return content;
    },
    put: async (key, content) => {
      try {
        await makeFolder(folder, 0o700);
        await writeFileAtomic(pathOf(key), content);
        await makeRoom(folder, most);
        return true;
      } catch {
        return false;
      }
    },
    part: (key, offset, length) => readPart(pathOf(key), offset, length),
  };
}

/** Where it lies for who names no folder. */
export function cacheFolder(env: Environment): string {
  const home = env['XDG_CACHE_HOME'] ?? '';
  return join(home === '' ? join(env['HOME'] ?? homedir(), '.cache') : home, 'rpi');
}

async function makeRoom(folder: string, most: number): Promise<void> {
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      return found?.isFile() === true ? [{ path, size: found.size, used: found.mtimeMs }] : [];
    }),
  );
  let size = 0;
  for (const file of files.flat().sort((a, b) => b.used - a.used)) {
    size += file.size;
    if (size > most) await unlink(file.path).catch(() => undefined);
  }
}

function readPart(path: string, offset: number, length: number): Buffer | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(length);
      return readSync(file, bytes, 0, length, offset) === length ? bytes : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}
