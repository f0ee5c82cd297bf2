/**
 * What one receiver has still to be told, in order, one at a time. It is tried until the receiver
 * has it, with growing pauses: a notification must outlive the link that it is about.
 */
import { cancelled, RpiError } from '../../../errors.ts';
import type { Clock } from '../../../runs/operation.ts';
import type { Notification } from './notification.ts';
import type { NotTold } from './send.ts';

/** Waiting at most; what is told by now is let go of first. */
export const MOST = 100;
/** Milliseconds before the next try: doubled each time, up to the last. */
const PAUSE = { first: 2000, last: 300_000 };
/** Milliseconds after which a notification says of when it is. */
const LATE = 120_000;

/** What became of a notification. */
export type Delivery = {
  readonly notification: Notification;
  /** `dropped`: the receiver does not want it, or too many waited. */
  readonly result: 'delivered' | 'waits' | 'dropped';
  readonly tries: number;
  readonly error: RpiError | undefined;
};

export type OutboxTools = {
  readonly send: (notification: Notification, signal: AbortSignal) => Promise<NotTold | undefined>;
  /** Called for everything that becomes of what was put in; `waits` at the first failed try alone. */
  readonly onDelivery: (delivery: Delivery) => void;
  /** Called when what waits is another; it is the time to keep it. */
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

export type Outbox = {
  readonly put: (notification: Notification) => void;
  /** What still is so, for a receiver that forgets: told once if nothing else waits, and not kept. */
  readonly remind: (notification: Notification) => void;
  /** Tries now: the link is back. */
  readonly hurry: () => void;
  readonly waiting: () => readonly Notification[];
  /** Why the receiver can't be told now; undefined while it can. */
  readonly trouble: () => RpiError | undefined;
  /** Resolves when nothing is sent any more; after the signal. */
  readonly end: () => Promise<void>;
};

/** `kept`: what a monitor before this one could not tell. */
export function createOutbox(kept: readonly Notification[], tools: OutboxTools): Outbox {
  const { clock, signal, onDelivery, onChange } = tools;
  let waiting = [...kept];
  let reminders: Notification[] = [];
  let trouble: RpiError | undefined;
  let worker: Promise<void> | undefined;
  let nap: AbortController | undefined;

  const attempt = async (notification: Notification): Promise<NotTold | undefined> => {
    const failed = await tools.send(dated(notification, clock.now()), signal);
    trouble = failed?.error;
    return failed;
  };
  const isOver = (): boolean => signal.aborted;
  signal.addEventListener('abort', () => nap?.abort(), { once: true });
  const pause = async (milliseconds: number): Promise<void> => {
    if (isOver()) throw cancelled();
    nap = new AbortController();
    try {
      await clock.sleep(milliseconds, nap.signal);
    } catch (error) {
      if (isOver() || !RpiError.is(error, 'run.cancelled')) throw error;
    } finally {
      nap = undefined;
    }
  };
  const settle = (notification: Notification, delivery: Omit<Delivery, 'notification'>): void => {
    waiting = waiting.filter((each) => each !== notification);
    onDelivery({ notification, ...delivery });
    onChange();
  };
  const work = async (): Promise<void> => {
    let tries = 0;
    for (;;) {
      const [next] = waiting;
      if (next === undefined) {
        const reminder = reminders.shift();
        if (reminder === undefined) return;
        await attempt(reminder);
        continue;
      }
      reminders = [];
      const failed = await attempt(next);
      tries++;
      if (failed?.again === true) {
        if (tries === 1) {
          onDelivery({ notification: next, result: 'waits', tries, error: failed.error });
        }
        // Spread out: receivers that were gone together should not be asked together.
        const doubled = Math.min(PAUSE.first * 2 ** (tries - 1), PAUSE.last);
        await pause(doubled * (0.75 + Math.random() / 4));
        continue;
      }
      const result = failed === undefined ? 'delivered' : 'dropped';
      settle(next, { result, tries, error: failed?.error });
      tries = 0;
    }
  };
  const start = (): void => {
    worker ??= work()
      .catch((error: unknown) => {
        if (!signal.aborted) throw error;
      })
      .finally(() => {
        worker = undefined;
        // Put in just as the last one was done.
        if (waiting.length > 0 && !signal.aborted) start();
      });
  };

  if (waiting.length > 0) start();
  return {
    put: (notification) => {
      waiting.push(notification);
      // The first one is under way.
      const crowded = waiting.length > MOST ? dispensable(waiting.slice(1)) : undefined;
      if (crowded !== undefined) {
        settle(crowded, { result: 'dropped', tries: 0, error: trouble });
      } else onChange();
      start();
    },
    remind: (notification) => {
      if (waiting.length > 0) return;
      reminders.push(notification);
      start();
    },
    hurry: () => nap?.abort(),
    waiting: () => waiting,
    trouble: () => trouble,
    end: async () => {
      await worker;
    },
  };
}

/** One whose alerts have all ended in a later one; else the oldest beginning: ends are kept longest. */
export function dispensable(waiting: readonly Notification[]): Notification | undefined {
  const ended = (notification: Notification, index: number): boolean => {
    const over = new Set(
      waiting
        .slice(index + 1)
        .filter(({ status }) => status === 'resolved')
        .flatMap(({ alerts }) => alerts.map(({ key }) => key)),
    );
    return notification.alerts.every(({ key }) => over.has(key));
  };
  const firing = waiting.filter(({ status }) => status === 'firing');
  return firing.find((each) => ended(each, waiting.indexOf(each))) ?? firing[0] ?? waiting[0];
}

/** A late one says of when it is; what still stands stands from now on. */
function dated(notification: Notification, now: number): Notification {
  const { at, text, status } = notification;
  if (now - Date.parse(at) < LATE) return notification;
  return {
    ...notification,
    text: `${text}\n(of ${at.slice(0, 19).replace('T', ' ')} UTC; it could not be told before)`,
    ...(status === 'firing' ? { at: new Date(now).toISOString() } : {}),
  };
}
