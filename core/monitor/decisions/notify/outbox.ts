/**
 * What one receiver has yet to be told: in order, one at a time, again and again until it is told.
 * Whatever cuts a fleet off often cuts off who should hear of it.
 */
import { reportOf, RpiError } from '../../../errors.ts';
import type { Clock } from '../../../runs/operation.ts';
import type { Notification } from './notification.ts';
import type { Answer } from './send.ts';

/** Milliseconds before each further try; the last one stands for all that follow. */
const PAUSES = [2000, 10_000, 30_000, 60_000] as const;
/** A try that fails once or twice is nothing to tell. */
const TELL_AFTER = 3;
/** Notifications that wait. */
const MOST = 100;
/** Milliseconds after which nobody wants to hear of it any more. */
const KEPT = 86_400_000;
/** Milliseconds after which it is said when it was. */
const LATE = 120_000;

export type Outbox = AsyncDisposable & {
  readonly put: (notification: Notification) => void;
  readonly isEmpty: () => boolean;
  /** Why it can't be told now, or what it was not told; undefined while it takes all. */
  readonly trouble: () => string | undefined;
};

export type OutboxTools = {
  /** One try. */
  readonly deliver: (notification: Notification, signal: AbortSignal) => Promise<Answer>;
  readonly sleep: Clock['sleep'];
  /** Milliseconds. */
  readonly monotonic: () => number;
};

type Waiting = { readonly notification: Notification; readonly since: number };

/** `name`: of the receiver, for what is said of it. */
export function createOutbox(name: string, tools: OutboxTools): Outbox {
  const controller = new AbortController();
  const { signal } = controller;
  let waiting: readonly Waiting[] = [];
  let trouble: string | undefined;
  let dropped = 0;
  let working: Promise<void> | undefined;

  const tellHead = async ({ notification, since }: Waiting): Promise<void> => {
    for (let tries = 0; ; tries++) {
      const age = tools.monotonic() - since;
      if (age > KEPT) {
        dropped++;
        return;
      }
      const answer = await tried(() => tools.deliver(asOf(notification, age), signal));
      if (answer.type === 'ok') {
        trouble = undefined;
        dropped = 0;
        return;
      }
      if (!answer.again) {
        trouble = `${name} was not told: ${answer.why}.`;
        return;
      }
      if (tries + 1 >= TELL_AFTER) trouble = `${name} can’t be told: ${answer.why}.`;
      await tools.sleep(PAUSES[tries] ?? PAUSES[3], signal);
    }
  };
  const work = async (): Promise<void> => {
    for (let head = waiting[0]; head !== undefined; head = waiting[0]) {
      const current = head;
      await tellHead(current);
      waiting = waiting.filter((each) => each !== current);
    }
  };

  return {
    put: (notification) => {
      const all = [...waiting, { notification, since: tools.monotonic() }];
      // The head is on its way.
      const [head, ...rest] = all;
      const excess = Math.max(0, all.length - MOST);
      dropped += excess;
      waiting = head === undefined ? [] : [head, ...rest.slice(excess)];
      working ??= work()
        .catch((error: unknown) => {
          if (!RpiError.is(error, 'run.cancelled')) throw error;
        })
        .finally(() => {
          working = undefined;
        });
    },
    isEmpty: () => waiting.length === 0,
    trouble: () => {
      const waits = waiting.length;
      if (trouble === undefined) return undefined;
      return [
        trouble,
        ...(waits > 0 ? ['It is tried again every minute.'] : []),
        ...(dropped > 0 ? [`${dropped} of its notifications were too many or too old.`] : []),
      ].join(' ');
    },
    [Symbol.asyncDispose]: async () => {
      controller.abort();
      await working;
    },
  };
}

async function tried(attempt: () => Promise<Answer>): Promise<Answer> {
  try {
    return await attempt();
  } catch (error) {
    if (RpiError.is(error, 'run.cancelled')) throw error;
    // A file of the policy that can't be read may be there the next time.
    const again = RpiError.is(error, 'file.not-readable', 'config.invalid');
    return { type: 'failed', why: reportOf(error).message.replace(/\.$/, ''), again };
  }
}

function asOf(notification: Notification, age: number): Notification {
  if (age < LATE) return notification;
  const when = notification.at.slice(0, 16).replace('T', ' ');
  return {
    ...notification,
    text: `${notification.text}\nThat was at ${when} UTC; it could not be told before.`,
  };
}
