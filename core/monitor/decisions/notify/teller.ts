/** Tells the receivers of rpi.yml, beside the loop: a slow one must not hold up a look. */
import { reportOf, RpiError } from '../../../errors.ts';
import type { Notifier } from '../../../project/monitor-policy.ts';
import type { ProjectContext } from '../../../runs/operation.ts';
import { appendRecords, JOURNAL_VERSION, monitorFolder } from '../../watch/journal.ts';
import type { MonitorRecord } from '../record.ts';
import type { Durable } from '../state.ts';
import { createKeeper, readKept, receiverId } from './kept.ts';
import { notify, notifyFrom, repeated, untold, type NotifyState } from './notification.ts';
import { createOutbox, type Delivery, type Outbox } from './outbox.ts';
import { receiverFault, send } from './send.ts';
import { SENDERS } from './senders.ts';

/** Milliseconds between two tellings of what still is, to receivers that forget. */
const REPEAT = 600_000;
/** Milliseconds between two looks at the files of receivers. */
const LOOK = 60_000;

/** What keeps a receiver from being told, by its name among those of rpi.yml. */
export type Troubles = readonly (readonly [what: string, message: string | undefined])[];

export type Teller = AsyncDisposable & {
  /** One interval's records, also when there are none. Never rejects, never waits for anybody. */
  readonly tell: (records: readonly MonitorRecord[], known: Durable) => void;
  /** How things stand with each receiver, and with what is kept for them. */
  readonly troubles: () => Troubles;
};

type Post = {
  readonly receiver: Notifier;
  readonly name: string;
  readonly outbox: Outbox;
  /** What is wrong with its files. */
  files: RpiError | undefined;
};

/**
 * `known`: what the engine knew when the monitor began; of that everybody was told before, but for
 * what is still kept for somebody. The files of receivers have been looked at when it resolves.
 */
export async function createTeller(context: ProjectContext, known: Durable): Promise<Teller> {
  const { project, clock } = context;
  const { notify: receivers, notify_after: after } = project.config.monitor;
  const controller = new AbortController();
  const signal = AbortSignal.any([context.signal, controller.signal]);
  const about = { clock, root: project.root, project: project.config.id };
  const folder = monitorFolder(project.data);
  const kept = await readKept(folder);
  let held = notifyFrom(known, kept.untold);
  const keeper = createKeeper(folder, () => ({
    waiting: new Map(posts.map((each) => [receiverId(each.receiver), each.outbox.waiting()])),
    untold: untold(held),
  }));
  let unwritten: RpiError | undefined;
  const journal = (name: string, delivery: Delivery): void => {
    try {
      appendRecords(folder, [recordOf(name, delivery, clock.now())]);
      unwritten = undefined;
    } catch (error) {
      if (!RpiError.is(error)) throw error;
      unwritten = error;
    }
  };
  const posts: Post[] = [];
  for (const [index, receiver] of receivers.entries()) {
    const name = `${receiver.type} of monitor.notify (number ${index + 1})`;
    const outbox = createOutbox(kept.waiting.get(receiverId(receiver)) ?? [], {
      send: (notification, ended) => send(receiver, notification, { ...about, signal: ended }),
      onDelivery: (delivery) => journal(name, delivery),
      onChange: keeper.keep,
      clock,
      signal,
    });
    posts.push({ receiver, name, outbox, files: undefined });
  }
  const lookAtFiles = async (): Promise<void> => {
    await Promise.all(
      posts.map(async (post) => {
        post.files = await receiverFault(post.receiver, about);
      }),
    );
  };
  await lookAtFiles();
  let [reminded, looked] = [known.time, known.time];
  let looking: Promise<void> = Promise.resolve();
  return {
    tell: (records, now) => {
      if (posts.length === 0) return;
      const told = notify(held, records, now, after * 1000);
      const isOther = untoldKey(held) !== untoldKey(told.state);
      held = told.state;
      if (isOther) keeper.keep();
      for (const each of told.notifications) for (const { outbox } of posts) outbox.put(each);
      if (records.some((each) => each.kind === 'decision.self' && each.ok)) {
        for (const { outbox } of posts) outbox.hurry();
      }
      if (now.time - reminded >= REPEAT) {
        reminded = now.time;
        const forgetful = posts.filter(({ receiver }) => SENDERS[receiver.type].repeats);
        for (const each of repeated(held, now.at)) {
          for (const { outbox } of forgetful) outbox.remind(each);
        }
      }
      if (now.time - looked >= LOOK) {
        looked = now.time;
        looking = lookAtFiles();
      }
    },
    troubles: () => [
      ...posts.map(
        ({ name, outbox, files }) => [name, messageOf(outbox.trouble() ?? files)] as const,
      ),
      ['list of what is not told yet', messageOf(keeper.trouble() ?? unwritten)],
    ],
    [Symbol.asyncDispose]: async () => {
      controller.abort();
      await Promise.allSettled([looking, ...posts.map(({ outbox }) => outbox.end())]);
      await keeper.end();
    },
  };
}

function untoldKey(state: NotifyState): string {
  return JSON.stringify(untold(state));
}

function messageOf(error: RpiError | undefined): string | undefined {
  if (error === undefined) return undefined;
  const { message, remedy } = reportOf(error);
  return remedy === undefined ? message : `${message} ${remedy}`;
}

/** Neither the address nor the text: who was told what, by the keys of the alerts. */
function recordOf(receiver: string, { notification, result, tries, error }: Delivery, now: number) {
  const { status, title, at: of, alerts } = notification;
  return {
    ...{ v: JOURNAL_VERSION, at: new Date(now).toISOString(), kind: `notify.${result}` },
    ...{ receiver, status, title, of, alerts: alerts.map(({ key }) => key), tries },
    ...(error === undefined ? {} : { why: error.message }),
  };
}
