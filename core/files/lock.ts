/**
 * Locks: one writer a file, one run a host. A lock is a file that names its holder; it is taken by
 * hard-linking a finished file into place, so it is never seen half-written, and a lock whose
 * holder is dead is taken over. Reading takes no locks.
 */
import { randomBytes } from 'node:crypto';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { RpiError, systemCode } from '../errors.ts';
import { writeError } from './atomic.ts';
import { makeFolder } from './make-folder.ts';
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
  await makeFolder(folder, 0o700);
  return acquire(lockPath(folder, name), name, doing);
}

async function acquire(path: string, name: string, doing: string): Promise<Lock> {
  const token = randomBytes(8).toString('hex');
  const holder: Holder = { ...ownIdentity(), doing, token };
  const ready = `${path}.${token}`;
  await writeFile(ready, JSON.stringify(holder), { mode: 0o600 }).catch((error: unknown) => {
    throw writeError(path, error);
  });
  try {
    for (;;) {
      try {
        await link(ready, path);
        return { [Symbol.asyncDispose]: () => release(path, token) };
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw writeError(path, error);
      }
      const other = await readHolder(path);
      if (other !== undefined && isAlive(other)) throw held(name, other);
      await removeStale(path, name);
    }
  } finally {
    await unlink(ready).catch(() => undefined);
  }
}

/** What the live holder of the lock says that it does; undefined where nobody holds it. */
export async function lockedFor(folder: string, name: string): Promise<string | undefined> {
  const path = lockPath(folder, name);
  const holder = await readHolder(path).catch(() => undefined);
  return holder !== undefined && isAlive(holder) ? holder.doing : undefined;
}

function lockPath(folder: string, name: string): string {
  return join(folder, `${encodeURIComponent(name)}.lock`);
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

/** Undefined where no lock is, or one that a power cut left empty. */
async function readHolder(path: string): Promise<Holder | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw held(path, undefined); // it is there, and another user's: alive as far as we can tell
  }
  const parsed = holderSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Removes a dead holder's lock. Only who holds the lock on the removal may remove, and looks once
 * more before it does: otherwise two could see the same dead holder, and the slower one would
 * remove the lock that the faster one has just taken.
 */
async function removeStale(path: string, name: string): Promise<void> {
  try {
    await using _removal = await acquire(`${path}.removal`, name, 'taking over a dead run’s lock');
    const holder = await readHolder(path);
    if (holder === undefined || !isAlive(holder)) await unlink(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    if (!RpiError.is(error, 'lock.held')) throw error;
    await delay(5); // another takes it over at this moment
  }
}

async function release(path: string, token: string): Promise<void> {
  const holder = await readHolder(path).catch(() => undefined);
  if (holder?.token === token) await unlink(path).catch(() => undefined);
}
