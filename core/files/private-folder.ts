/** Folders that hold keys, backups and records. */
import { makeFolder } from './make-folder.ts';

/** Makes the folder and those above it, for its owner alone (0700). Throws `file.*`. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await makeFolder(folder, 0o700);
}
