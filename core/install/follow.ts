/**
 * From the restart of a Pi until its new system answers: reads what the installer tells, looks who
 * answers over ssh, and gives up by a deadline. It only watches; ending it ends nothing on the Pi.
 */
import { RpiError } from '../errors.ts';
import { hideAfter } from '../formats/redact.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { knock } from '../monitor/watch/knock.ts';
import type { EventBody } from '../runs/event.ts';
import type { ProjectContext } from '../runs/operation.ts';
import type { Progress } from './backend.ts';
import type { Job } from './job.ts';
import type { Seen, SystemFacts, Watcher } from './look.ts';
import { courseOf, type Course } from './progress-course.ts';
import { followPort } from './progress-port.ts';

/** Milliseconds. */
const TICK = 200;
const LOOK_PAUSE = 1000;
/** While the installer talks there is no sshd. */
const LOOK_PAUSE_LISTENING = 5000;
/** After the first login that was refused, the second …: sshd counts them, and would shut us out. */
const LOOK_PAUSES_REFUSED = [1000, 3000, 6000];
/** Where nobody answered; a look that is no login costs next to nothing. */
const KNOCK_PAUSE = 200;
/** For one knock: the network sends the first packet again after a second only. */
const KNOCK_TRY = 1000;
/** Until the old system has gone down. */
export const RESTART_DEADLINE = 180_000;
/** From the installer's last word until the new system answers. */
const BACK_DEADLINE = 600_000;
/** How often the same progress is told again. */
const TELL = 15_000;

export type FollowInput = {
  readonly host: InventoryHost;
  readonly job: Job;
  readonly progress: Progress;
  readonly watcher: Watcher;
  /** Keeps what is known of the job. */
  readonly save: (change: Partial<Pick<Job, 'phase' | 'note'>>) => Promise<void>;
  readonly context: ProjectContext;
};

/**
 * Ends with the new system's facts. Throws `install.came-back`, `install.not-kept`, `install.not-restarted`,
 * `install.stopped`, `install.not-back`, `ssh.host-key-changed`, and `run.cancelled`.
 */
export async function* follow(input: FollowInput): AsyncGenerator<EventBody, SystemFacts> {
  const { job, progress, context } = input;
  const { clock, signal } = context;
  const began = Date.parse(job.restarted ?? job.changed);
  const { port: number } = progress;
  using port = number === undefined ? undefined : followPort(job.address, number);
  const course = courseOf(progress, () => clock.now());
  let looking: Promise<Seen> | undefined;
  let before: Seen | undefined;
  let lookedAt = -Infinity;
  let refusals = 0;
  let told = 0;
  let last = 'restarting';
  let goneAt: number | undefined;
  for (;;) {
    const lines = port?.take() ?? [];
    if (lines.length > 0) yield* tell(input, course, lines);
    if (course.stopped()) throw stopped(job);

    // By what is so now: an installer that has ended may be followed by the new system any moment.
    const listening = port?.connected() === true && course.finishedAt() === undefined;
    const pause = pauseAfter(before, refusals, listening);
    if (looking === undefined && clock.now() - lookedAt >= pause) {
      looking = lookAt(input, before);
      looking.catch(() => undefined); // thrown where it is awaited
    }
    const tick = clock.sleep(TICK, signal).then(() => undefined);
    const seen = await (looking === undefined ? tick : Promise.race([looking, tick]));
    if (seen !== undefined) {
      looking = undefined;
      before = seen;
      lookedAt = clock.now();
      refusals = seen.type === 'answers' ? refusals + 1 : 0;
      if (seen.type === 'new') return seen.facts;
      if (seen.type === 'stranger') throw seen.error;
      if (seen.type === 'old' && seen.restarted)
        throw cameBack(job, course.wiped() || job.phase === 'installing');
      if (seen.type !== 'old') goneAt ??= clock.now();
      last = sentenceOf(seen, listening);
    }
    if (goneAt === undefined && !course.begun() && clock.now() - began > RESTART_DEADLINE) {
      throw seen?.type === 'old' ? notRestarted(job) : notBack(job, last);
    }
    const finished = course.finishedAt();
    const late =
      clock.now() - began > job.deadline ||
      (finished !== undefined && clock.now() - finished > BACK_DEADLINE);
    if (late) throw notBack(job, course.title() ?? last);
    if (clock.now() - told > TELL) {
      told = clock.now();
      yield progressEvent(job, course, last);
    }
  }
}

async function* tell(
  { job, save }: FollowInput,
  course: Course,
  lines: readonly string[],
): AsyncGenerator<EventBody, void> {
  const { host } = job;
  const shown = lines.map((line) => hideAfter(line, 'psk|pw|passw\\w*|passphrase', '[=: ]+', 'i'));
  yield { kind: 'log', level: 'debug', host, step: 'install', text: shown.join('\n') };
  for (const line of lines) {
    const news = course.read(line);
    if (news === undefined) continue;
    if (news.type === 'retry') {
      const text = `a try failed; ${news.left} left, it starts again by itself`;
      yield { kind: 'log', level: 'warn', host, step: 'install', text };
      await save({ note: text });
      continue;
    }
    if (news.wipes) await save({ phase: 'installing', note: news.title });
    yield progressEvent(job, course, news.title);
  }
}

function progressEvent(job: Job, course: Course, last: string): EventBody {
  return {
    kind: 'step.progress',
    host: job.host,
    step: 'install',
    done: course.percent(),
    total: 100,
    detail: [course.title() ?? last, ...(course.left() ?? [])].join(', '),
  };
}

/** Where nobody answered before, a login is tried only once somebody listens. */
async function lookAt(
  { host, job, watcher, context }: FollowInput,
  before: Seen | undefined,
): Promise<Seen> {
  const { signal } = context;
  if (before === undefined || before.type === 'silent') {
    const answer = await knock(job.address, job.port, { timeout: KNOCK_TRY, signal });
    if (answer !== 'open') return { type: 'silent', isUp: answer === 'refused' };
  }
  return watcher.see(host, job, signal);
}

/** Milliseconds until the next look. */
function pauseAfter(seen: Seen | undefined, refusals: number, listening: boolean): number {
  if (seen === undefined) return 0;
  if (seen.type === 'answers') {
    return LOOK_PAUSES_REFUSED[refusals - 1] ?? LOOK_PAUSES_REFUSED.at(-1) ?? LOOK_PAUSE;
  }
  if (listening) return LOOK_PAUSE_LISTENING;
  return seen.type === 'silent' ? KNOCK_PAUSE : LOOK_PAUSE;
}

function sentenceOf(seen: Seen, listening: boolean): string {
  if (listening) return 'the installer is at work';
  if (seen.type === 'answers') return seen.how;
  if (seen.type === 'silent' && seen.isUp) return 'on the network, without ssh yet';
  return seen.type === 'old' ? 'going down' : 'no answer';
}

const NOTE = 'docs/reinstall.md, “My Pi doesn’t answer after a reinstall”, says what to look at.';

/** `wiped`: the installer told that it wiped the disk. */
export function cameBack({ host }: Job, wiped: boolean): RpiError {
  if (wiped) {
    return new RpiError(
      'install.not-kept',
      `${host} started its old system again, although its installer wiped the disk: its card forgets what is written to it.`,
      {
        remedy: `Put another card into ${host}: this one is worn out, and neither installs nor keeps its data.`,
      },
    );
  }
  return new RpiError(
    'install.came-back',
    `${host} started its old system again: the installer ended before it wiped the disk.`,
    {
      remedy: `Nothing is lost. What the installer said stands above; rpi install explain ${host} shows it again.`,
    },
  );
}

function notRestarted(job: Job): RpiError {
  return new RpiError(
    'install.not-restarted',
    `${job.host} was told to restart ${RESTART_DEADLINE / 1000} s ago and runs on.`,
    { remedy: `Undo it by rpi install rollback ${job.host}, and look why it does not restart.` },
  );
}

function notBack(job: Job, last: string): RpiError {
  return new RpiError(
    'install.not-back',
    `${job.host} did not come back in time (last: ${last}).`,
    {
      remedy: `It may still come: rpi install resume ${job.host}. ${NOTE} rpi install explain ${job.host} shows its recovery note.`,
    },
  );
}

function stopped(job: Job): RpiError {
  return new RpiError(
    'install.stopped',
    `The installer on ${job.host} has used up its tries and stands still; its light blinks SOS.`,
    {
      remedy: `Its disk is wiped. It needs a person: ${NOTE} rpi install explain ${job.host} shows its recovery note.`,
    },
  );
}
