/**
 * Locks: one writer a file, one run a host. A lock is a file that names its holder; it is taken by
 * hard-linking a finished file into place, so it is never seen half-written, and a lock whose
 * holder is dead is taken over. Reading takes no locks.
 */
import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { RpiError, systemCode } from '../errors.ts';
import { writeError } from './atomic.ts';
import { isAlive, ownIdentity } from './process-identity.ts';

const holderSchema = z.object({
  pid: z.number(),
  bootId: z.string().optional(),
  processStart: z.string().optional(),
  /** What the holder does, for the message to the one who comes second. */
  doing: z.string(),
  /** Tells two locks of one process apart. */
  token: z.string(),
});
type Holder = z.infer<typeof holderSchema>;

export type Lock = AsyncDisposable;

/**
 * Takes the lock `name` in `folder` at once or throws `lock.held`, naming the holder.
 * Release it with `await using`, or by its `[Symbol.asyncDispose]`.
 */
export async function acquireLock(folder: string, name: string, doing: string): Promise<Lock> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${encodeURIComponent(name)}.lock`);
  const token = randomBytes(8).toString('hex');
  const holder: Holder = { ...ownIdentity(), doing, token };
  const ready = `${path}.${token}`;
  await writeFile(ready, JSON.stringify(holder), { mode: 0o600 }).catch((error: unknown) => {
    throw writeError(path, error);
  });
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        await link(ready, path);
        return { [Symbol.asyncDispose]: () => release(path, token) };
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw writeError(path, error);
      }
      const other = await readHolder(path);
      if (other !== undefined && isAlive(other)) throw held(name, other);
      await removeStale(path, other, token);
    }
    throw held(name, undefined);
  } finally {
    await unlink(ready).catch(() => undefined);
  }
}

/** Takes several locks in a fixed order, or none. */
export async function acquireLocks(
  folder: string,
  names: readonly string[],
  doing: string,
): Promise<Lock> {
  const taken: Lock[] = [];
  const releaseAll = async (): Promise<void> => {
    for (const lock of taken.reverse()) await lock[Symbol.asyncDispose]();
  };
  try {
    for (const name of [...new Set(names)].sort())
      taken.push(await acquireLock(folder, name, doing));
  } catch (error) {
    await releaseAll();
    throw error;
  }
  return { [Symbol.asyncDispose]: releaseAll };
}

function held(name: string, holder: Holder | undefined): RpiError {
  const who = holder === undefined ? 'another run' : `“${holder.doing}” (process ${holder.pid})`;
  return new RpiError('lock.held', `${name} is in use by ${who}.`, {
    remedy: 'Wait until it ends, or cancel it: rpi runs list, then rpi runs cancel ID.',
  });
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Moves a dead holder's lock away. Two that come at once both see it dead; the rename is won by
 * one, and if what was moved turns out to be a living lock, it is put back.
 */
async function removeStale(path: string, seen: Holder | undefined, token: string): Promise<void> {
  const aside = `${path}.stale.${token}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const moved = await readHolder(aside);
  if (moved !== undefined && moved.token !== seen?.token && isAlive(moved)) {
    await link(aside, path).catch(() => undefined);
  }
  await unlink(aside).catch(() => undefined);
}

async function release(path: string, token: string): Promise<void> {
  const holder = await readHolder(path);
  if (holder?.token === token) await unlink(path).catch(() => undefined);
}
