import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeError } from './atomic.ts';

/**
 * Makes the folder where a person may have named any path, and those above it; `mode` is for those
 * that were not there. Node's own recursive mkdir tries for ever, and can't be ended, where a
 * folder that is there answers ENOENT, as those of /proc do. Throws `file.*`.
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
  try {
    await make(folder, mode);
  } catch (error) {
    throw writeError(folder, error);
  }
}

/** From the first that is there down: another process that makes them too is in nobody's way. */
async function make(folder: string, mode: number): Promise<void> {
  if (await isFolder(folder)) return;
  const above = dirname(folder);
  if (above !== folder) await make(above, mode);
  await mkdir(folder, mode).catch(async (error: unknown) => {
    if (!(await isFolder(folder))) throw error; // else another one was faster
  });
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
