/** Folders that hold keys, backups and records. */
import { mkdir } from 'node:fs/promises';
import { writeError } from './atomic.ts';

/** Makes the folder and those above it, for its owner alone (0700). Throws `file.*`. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw writeError(folder, error);
  });
}
