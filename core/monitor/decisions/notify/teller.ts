/** Tells the receivers of rpi.yml, beside the loop: a slow one must not hold up a look. */
import { RpiError } from '../../../errors.ts';
import type { Notifier } from '../../../project/monitor-policy.ts';
import type { ProjectContext } from '../../../runs/operation.ts';
import type { MonitorRecord } from '../record.ts';
import type { Durable } from '../state.ts';
import { notify, notifyFrom, repeated } from './notification.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { receiverOf, send } from './send.ts';
import { SENDERS } from './senders.ts';

/** Milliseconds between two tellings of what still is, to receivers that forget. */
const REPEAT = 600_000;

export type Teller = AsyncDisposable & {
  /** One interval's records, also when there are none. */
  readonly tell: (records: readonly MonitorRecord[], known: Durable) => void;
  /** By receiver: why it can't be told, as things stand; undefined while it can. */
  readonly troubles: () => Promise<[receiver: string, why: string | undefined][]>;
};

type Receiver = { readonly name: string; readonly to: Notifier; readonly outbox: Outbox };

/** `known`: what the engine knew when the monitor began; of that everybody was told before. */
export function createTeller(context: ProjectContext, known: Durable): Teller {
  const { project, clock } = context;
  const { notify_after: after } = project.config.monitor;
  const about = { root: project.root, project: project.config.id };
  const receivers = named(project.config.monitor.notify).map(({ name, to }): Receiver => {
    const outbox = createOutbox(to.type, {
      deliver: (notification, signal) => send(to, notification, { ...about, signal }),
      sleep: (time, signal) => clock.sleep(time, signal),
      monotonic: () => performance.now(),
    });
    return { name, to, outbox };
  });
  let held = notifyFrom(known);
  let last = known.time;
  return {
    tell: (records, now) => {
      const told = notify(held, records, now, after * 1000);
      held = told.state;
      for (const each of told.notifications) {
        for (const { outbox } of receivers) outbox.put(each);
      }
      if (now.time - last < REPEAT) return;
      last = now.time;
      // Who was not told what is new need not hear twice of what is old.
      const forgetful = receivers.filter(
        ({ to, outbox }) => SENDERS[to.type].repeats && outbox.isEmpty(),
      );
      for (const each of repeated(held, now.at)) {
        for (const { outbox } of forgetful) outbox.put(each);
      }
    },
    troubles: () =>
      Promise.all(
        receivers.map(async ({ name, to, outbox }): Promise<[string, string | undefined]> => [
          name,
          (await missingFile(to, about)) ?? outbox.trouble(),
        ]),
      ),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(receivers.map(({ outbox }) => outbox[Symbol.asyncDispose]()));
    },
  };
}

/** `receiver chat`, or `receiver chat 2` where it is not the first of its kind. */
function named(notifiers: readonly Notifier[]): { readonly name: string; readonly to: Notifier }[] {
  return notifiers.map((to, index) => {
    const before = notifiers.slice(0, index).filter(({ type }) => type === to.type).length;
    return { name: ['receiver', to.type, ...(before > 0 ? [before + 1] : [])].join(' '), to };
  });
}

/** Told before there is anything to tell: who finds out in the night finds out too late. */
async function missingFile(
  to: Notifier,
  about: { readonly root: string; readonly project: string },
): Promise<string | undefined> {
  try {
    await receiverOf(to, about);
    return undefined;
  } catch (error) {
    if (!RpiError.is(error, 'file.not-readable', 'config.invalid')) throw error;
    return `${to.type} can’t be told: ${error.message} ${error.remedy ?? ''}`.trimEnd();
  }
}
