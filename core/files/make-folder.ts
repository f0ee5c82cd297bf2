/** Folders made without Node's own recursive mkdir, which may never come back. */
import { mkdirSync, statSync } from 'node:fs';
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

/** As makeFolder, for those who must not wait. Throws `file.*`. */
export function makeFolderSync(folder: string, mode = 0o777): void {
  try {
    makeSync(folder, mode);
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

function makeSync(folder: string, mode: number): void {
  if (isFolderSync(folder)) return;
  const above = dirname(folder);
  if (above !== folder) makeSync(above, mode);
  try {
    mkdirSync(folder, mode);
  } catch (error) {
    if (!isFolderSync(folder)) throw error;
  }
}

function isFolderSync(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false;
  }
}
