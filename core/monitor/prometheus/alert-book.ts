/** The held alerts on the disk: Alertmanager tells a thing once, and a restart must not lose it. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFileAtomic } from '../../files/atomic.ts';
import { makeFolder } from '../../files/make-folder.ts';
import {
  heldAlerts,
  MOST_ALERTS,
  standing,
  told,
  type HeldAlert,
  type WebhookMessage,
} from './alerts.ts';
import type { Scraped } from './snapshot.ts';

export type AlertBook = {
  /** On the disk when it resolves. False: there are too many. Throws `file.*`; then nothing is taken. */
  readonly take: (message: WebhookMessage) => Promise<boolean>;
  /** Drops what is over. Throws as take. */
  readonly settle: (
    snapshot: ReadonlyMap<string, Scraped>,
    hosts: ReadonlySet<string>,
  ) => Promise<void>;
  readonly of: (host: string) => readonly HeldAlert[];
};

/** Goes on with what is in the file at `path`; one that can't be read is as good as none. */
export async function openAlertBook(path: string, project: string): Promise<AlertBook> {
  let held: readonly HeldAlert[] = await readHeld(path);
  let work: Promise<unknown> = Promise.resolve();
  /** One change after the other. */
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const turn = work.then(action);
    work = turn.catch(() => undefined);
    return turn;
  };
  const keep = async (next: readonly HeldAlert[]): Promise<void> => {
    if (JSON.stringify(next) === JSON.stringify(held)) return;
    await makeFolder(dirname(path), 0o700);
    await writeFileAtomic(path, `${JSON.stringify(next)}\n`, { mode: 0o600 });
    held = next;
  };
  return {
    take: (message) =>
      inTurn(async () => {
        const next = told(held, message, project);
        if (next.length > MOST_ALERTS) return false;
        await keep(next);
        return true;
      }),
    settle: (snapshot, hosts) => inTurn(() => keep(standing(held, snapshot, hosts))),
    of: (host) => held.filter((each) => each.host === host),
  };
}

async function readHeld(path: string): Promise<readonly HeldAlert[]> {
  try {
    return heldAlerts.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return [];
  }
}
