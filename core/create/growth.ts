/** How much a program may write: what an archive tells of its size is the word of who made it. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds between two looks; a disk takes some 100 MB in it. */
const LOOK = 200;

/**
 * Does the work, which writes to `path` (a file or a folder), and ends it by its signal once there
 * are more than `largest` bytes. The bytes that were found then, else undefined. Throws what the
 * work throws.
 */
export async function bounded(
  path: string,
  largest: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<unknown>,
): Promise<number | undefined> {
  const stop = new AbortController();
  const done = new AbortController();
  let found = 0;
  const watch = async (): Promise<void> => {
    while (!done.signal.aborted && found <= largest) {
      await delay(LOOK, undefined, { signal: done.signal }).catch(() => undefined);
      found = await bytesAt(path);
    }
    if (found > largest) stop.abort();
  };
  const watching = watch();
  try {
    await work(AbortSignal.any([signal, stop.signal]));
  } catch (error) {
    if (!stop.signal.aborted || signal.aborted) throw error;
  } finally {
    done.abort();
    await watching;
  }
  return found > largest ? found : undefined;
}

/** Of all files below it; 0 where there is none. What comes and goes meanwhile is not counted. */
async function bytesAt(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.map((entry) => join(entry.parentPath, entry.name));
  let sum = 0;
  for (const file of [path, ...files]) {
    const found = await lstat(file).catch(() => undefined);
    if (found?.isFile() === true) sum += found.size;
  }
  return sum;
}
