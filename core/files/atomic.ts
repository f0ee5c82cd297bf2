/** Files that are never half-written: a reader sees the old content or the new, at any instant. */
import { randomBytes } from 'node:crypto';
import { open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RpiError, systemCode } from '../errors.ts';

/**
 * Replaces (or creates) `path`: temp file beside it, fsync, rename, fsync of the folder. Keeps the
 * mode of an existing file unless `mode` is given, and writes through a symbolic link.
 * Throws `file.disk-full` or `file.not-writable`; the old file is then as it was.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  options: { readonly mode?: number } = {},
): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const mode = options.mode ?? (await modeOf(target)) ?? 0o644;
  const temporary = join(
    dirname(target),
    `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`,
  );
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
    await syncFolder(dirname(target));
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw writeError(path, error);
  }
}

/** A system error met while writing `path`, as one of ours. */
export function writeError(path: string, error: unknown): unknown {
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new RpiError('file.disk-full', `No room left on the disk to write ${path}.`, {
      remedy: 'Free some space and run the command again. The file is as it was.',
      cause: error,
    });
  }
  if (code === undefined) return error;
  return new RpiError('file.not-writable', `Can't write ${path} (${code}).`, {
    remedy: 'Check that the folder exists and that you may write to it.',
    cause: error,
  });
}

async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode & 0o7777;
  } catch {
    return undefined;
  }
}

/** Makes a rename durable. Some systems can't open folders; there it is the system's business. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  if (folder === undefined) return;
  try {
    await folder.sync();
  } catch {
    // Not every file system syncs folders (network shares, Windows); the rename has happened.
  } finally {
    await folder.close();
  }
}
