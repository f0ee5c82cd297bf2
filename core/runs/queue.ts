/**
 * The bounded queue between a run and whoever watches it. The run never waits for its watcher:
 * progress of the same step replaces older progress, and when the queue is full the oldest
 * droppable events go. The journal has them all.
 */
import type { Event } from './event.ts';

/** Stands where events were dropped because the watcher was too slow. */
export type Gap = { readonly kind: 'gap'; readonly dropped: number };

export type EventQueue = AsyncIterable<Event | Gap> & {
  readonly push: (event: Event) => void;
  readonly end: () => void;
};

/** Creates a queue that holds at most about `limit` events. It has one reader. */
export function createEventQueue(limit = 2000): EventQueue {
  const waiting: Event[] = [];
  let dropped = 0;
  let ended = false;
  let wake: (() => void) | undefined;

  const notify = (): void => {
    wake?.();
    wake = undefined;
  };

  const push = (event: Event): void => {
    if (ended) return;
    const last = waiting.at(-1);
    if (last !== undefined && supersedes(event, last)) waiting.pop();
    else if (waiting.length >= limit) dropped += makeRoom(waiting);
    waiting.push(event);
    notify();
  };

  const end = (): void => {
    ended = true;
    notify();
  };

  async function* read(): AsyncGenerator<Event | Gap> {
    for (;;) {
      if (dropped > 0) {
        const gap: Gap = { kind: 'gap', dropped };
        dropped = 0;
        yield gap;
      }
      const event = waiting.shift();
      if (event !== undefined) yield event;
      else if (ended) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  return { push, end, [Symbol.asyncIterator]: read };
}

function supersedes(event: Event, older: Event): boolean {
  return (
    event.kind === 'step.progress' &&
    older.kind === 'step.progress' &&
    event.step === older.step &&
    event.host === older.host
  );
}

/** Drops the oldest fifth of what only tells, never what decides; returns how many went. */
function makeRoom(waiting: Event[]): number {
  const droppable = (event: Event): boolean =>
    event.kind === 'output' || event.kind === 'log' || event.kind === 'step.progress';
  let toDrop = Math.max(1, Math.floor(waiting.length / 5));
  const before = waiting.length;
  const kept = waiting.filter((event) => !(droppable(event) && toDrop-- > 0));
  waiting.splice(0, waiting.length, ...kept);
  return before - kept.length;
}
