/** Tells the receivers of rpi.yml, beside the loop: a slow one must not hold up a look. */
import { reportOf, RpiError } from '../../../errors.ts';
import type { Notifier } from '../../../project/monitor-policy.ts';
import type { EventBody } from '../../../runs/event.ts';
import type { ProjectContext } from '../../../runs/operation.ts';
import type { MonitorRecord } from '../record.ts';
import type { Durable } from '../state.ts';
import { notify, notifyFrom, repeated, type Notification } from './notification.ts';
import { send } from './send.ts';
import { SENDERS } from './senders.ts';

/** Milliseconds between two tellings of what still is, to receivers that forget. */
const REPEAT = 600_000;
/** Sendings under way at once, of all receivers; beyond it the receivers are dead anyway. */
const MOST = 20;

export type Teller = AsyncDisposable & {
  /** One interval's records, also when there are none; gives what went wrong with earlier ones. */
  readonly tell: (records: readonly MonitorRecord[], known: Durable) => EventBody[];
};

/** `known`: what the engine knew when the monitor began; of that everybody was told before. */
export function createTeller(context: ProjectContext, known: Durable): Teller {
  const { notify: receivers, notify_after: after } = context.project.config.monitor;
  const post = createPost(context);
  let held = notifyFrom(known);
  let last = known.time;
  return {
    tell: (records, now) => {
      const told = notify(held, records, now, after * 1000);
      held = told.state;
      for (const each of told.notifications) for (const one of receivers) post.send(one, each);
      if (now.time - last >= REPEAT) {
        last = now.time;
        const forgetful = receivers.filter(({ type }) => SENDERS[type].repeats);
        for (const each of repeated(held, now.at)) {
          for (const one of forgetful) post.send(one, each);
        }
      }
      return post.troubles();
    },
    [Symbol.asyncDispose]: post.end,
  };
}

function createPost(context: ProjectContext): {
  readonly send: (to: Notifier, notification: Notification) => void;
  readonly troubles: () => EventBody[];
  readonly end: () => Promise<void>;
} {
  const { project, clock } = context;
  const controller = new AbortController();
  const signal = AbortSignal.any([context.signal, controller.signal]);
  const about = { signal, clock, root: project.root, project: project.config.id };
  const underWay = new Set<Promise<void>>();
  /** What was said already of a receiver that stays as it is. */
  const said = new Map<Notifier, string>();
  let troubles: EventBody[] = [];
  const fail = (to: Notifier, message: string): void => {
    if (said.get(to) === message) return;
    said.set(to, message);
    troubles.push({ kind: 'log', level: 'warn', step: 'watch', text: message });
  };
  return {
    send: (to, notification) => {
      if (underWay.size >= MOST) {
        fail(to, `${to.type} was not told: earlier notifications are still on their way.`);
        return;
      }
      const sending = send(to, notification, about).then(
        () => {
          said.delete(to);
        },
        (error: unknown) => {
          if (!RpiError.is(error, 'run.cancelled')) fail(to, reportOf(error).message);
        },
      );
      underWay.add(sending);
      void sending.finally(() => underWay.delete(sending));
    },
    troubles: () => {
      const now = troubles;
      troubles = [];
      return now;
    },
    end: async () => {
      controller.abort();
      await Promise.allSettled(underWay);
    },
  };
}
