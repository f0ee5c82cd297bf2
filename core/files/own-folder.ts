import { chmod, lstat } from 'node:fs/promises';
import { RpiError } from '../errors.ts';
import { writeError } from './atomic.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Makes `folder` if it is not there, 0700, and makes sure that it is a folder of this user: in a
 * shared place such as /tmp somebody else may have made it first, to put their own files into it.
 * Throws `file.not-writable`.
 */
export async function ownFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder, 0o700);
    if (process.platform === 'win32') return;
    const found = await lstat(folder); // a link of somebody else's is not followed
    if (!found.isDirectory() || found.uid !== process.getuid?.()) {
      throw new RpiError('file.not-writable', `${folder} is not a folder of yours.`, {
        remedy: 'Remove it, or set XDG_RUNTIME_DIR to a folder that only you can write to.',
      });
    }
    if ((found.mode & 0o077) !== 0) await chmod(folder, 0o700);
  } catch (error) {
    throw writeError(folder, error);
  }
}

/** Whether it is there, and nobody else can have put anything into it. */
export async function isOwnFolder(folder: string): Promise<boolean> {
  return lstat(folder).then(
    (found) =>
      found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0,
    () => false,
  );
}
