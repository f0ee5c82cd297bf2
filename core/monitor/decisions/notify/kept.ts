/** What could not be told yet, on the disk: a monitor that is ended meanwhile loses none of it. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { RpiError } from '../../../errors.ts';
import { writeFileAtomic } from '../../../files/atomic.ts';
import { makeFolder } from '../../../files/make-folder.ts';
import type { Notifier } from '../../../project/monitor-policy.ts';
import { held, notification, type Held, type Notification } from './notification.ts';

const file = z.object({
  v: z.literal(1),
  waiting: z.record(z.string(), z.array(notification)),
  untold: z.array(held),
});

export type Kept = {
  /** Notifications by receiver, in their order. */
  readonly waiting: ReadonlyMap<string, readonly Notification[]>;
  /** Alerts that were to be told together with others a little later. */
  readonly untold: readonly Held[];
};

/** A receiver over restarts: by what rpi.yml says of where it is, which may be a secret. */
export function receiverId({ type, url, url_file: path }: Notifier): string {
  return createHash('sha256')
    .update(JSON.stringify([type, url, path]))
    .digest('hex')
    .slice(0, 16);
}

/** What waits; nothing where the file is missing or broken: it holds no decisions. */
export async function readKept(folder: string): Promise<Kept> {
  try {
    const { waiting, untold } = file.parse(JSON.parse(await readFile(pathIn(folder), 'utf8')));
    return { waiting: new Map(Object.entries(waiting)), untold };
  } catch {
    return { waiting: new Map(), untold: [] };
  }
}

export type Keeper = {
  /** Writes what waits now, once for all changes of a moment. */
  readonly keep: () => void;
  /** Why it could not be written last; undefined once it was. */
  readonly trouble: () => RpiError | undefined;
  /** Resolves when it is on the disk, or could not be written. */
  readonly end: () => Promise<void>;
};

export function createKeeper(folder: string, now: () => Kept): Keeper {
  let isStale = false;
  let writing: Promise<void> | undefined;
  let trouble: RpiError | undefined;
  const write = async (): Promise<void> => {
    while (isStale) {
      isStale = false;
      const { waiting, untold } = now();
      const ofReceivers = [...waiting].filter(([, list]) => list.length > 0);
      const text = JSON.stringify({ v: 1, waiting: Object.fromEntries(ofReceivers), untold });
      try {
        await makeFolder(folder, 0o700);
        await writeFileAtomic(pathIn(folder), `${text}\n`, { mode: 0o600 });
        trouble = undefined;
      } catch (error) {
        trouble = RpiError.is(error)
          ? error
          : new RpiError('file.not-writable', `Can't write ${pathIn(folder)}.`);
      }
    }
  };
  const keep = (): void => {
    isStale = true;
    writing ??= write().finally(() => {
      writing = undefined;
      // Changed just as the last one was done.
      if (isStale) keep();
    });
  };
  return {
    keep,
    trouble: () => trouble,
    end: async () => {
      while (writing !== undefined) await writing;
    },
  };
}

function pathIn(folder: string): string {
  return join(folder, 'not-told.json');
}
