/** A connection that is kept to measure a Pi again and again. */
import { cancelled, RpiError } from '../../errors.ts';
import type { Dialogue } from '../../ssh/dialogue.ts';
import type { SshSession } from '../../ssh/session.ts';
import { parseVitals } from '../parse-vitals.ts';
import { PROBE_COMMAND, PROBE_SCRIPT } from '../probe.ts';
import {
  answers,
  LOOP_COMMAND,
  LOOP_READY,
  LOOP_SCRIPT,
  parseAnswer,
  question,
  type Measured,
} from './loop-script.ts';
import type { Signs } from './observation.ts';

export type MeasureOptions = { readonly signal: AbortSignal; readonly timeout: number };

export type KeptSession = AsyncDisposable & {
  readonly session: SshSession;
  /** Throws what Dialogue.ask and exec throw, and `monitor.no-answer`. */
  readonly measure: (options: MeasureOptions) => Promise<Measured>;
};

/** What costs a Pi more is asked for every so many times. */
const EVERYTHING_EVERY = 6;

/** Keeps `session`; it is closed with what is returned, or when this throws. */
export function keepSession(session: SshSession, host: string): KeptSession {
  let dialogue: Dialogue | 'none' | undefined;
  let asked = 0;
  let seldom: Signs = {};

  const byLoop = async (talk: Dialogue, options: MeasureOptions): Promise<Measured> => {
    const number = ++asked;
    const everything = number % EVERYTHING_EVERY === 1;
    const line = await talk.ask(
      question(number, everything),
      (text) => answers(text, number),
      options,
    );
    const { vitals, signs } = parseAnswer(line, Date.now());
    const { clockOffset, inodesTotal, inodesFree, failedUnits } = signs;
    if (everything) seldom = defined({ clockOffset, inodesTotal, inodesFree, failedUnits });
    return { vitals, signs: { ...seldom, ...signs } };
  };
  const byExec = async ({ signal, timeout }: MeasureOptions): Promise<Measured> => {
    const options = { signal, timeout, stdin: PROBE_SCRIPT };
    const vitals = parseVitals((await session.exec(PROBE_COMMAND, options)).stdout);
    if (vitals === undefined) throw runsNothing(host);
    return { vitals, signs: {} };
  };

  return {
    session,
    measure: async (options) => {
      dialogue ??= await startLoop(session, options);
      return dialogue === 'none' ? byExec(options) : byLoop(dialogue, options);
    },
    [Symbol.asyncDispose]: async () => {
      if (dialogue !== undefined && dialogue !== 'none') await dialogue[Symbol.asyncDispose]();
      await session[Symbol.asyncDispose]();
    },
  };
}

/** `none` where the Pi does not run it: a shell that is none, or one that reads too far ahead. */
async function startLoop(
  session: SshSession,
  { signal, timeout }: MeasureOptions,
): Promise<Dialogue | 'none'> {
  const dialogue = await openLoop(session, signal);
  try {
    // Half of the time: what is left is for the other way.
    await dialogue.ask(LOOP_SCRIPT, (line) => line === LOOP_READY, {
      signal,
      timeout: timeout / 2,
    });
    return dialogue;
  } catch (error) {
    await dialogue[Symbol.asyncDispose]();
    if (!RpiError.is(error, 'ssh.timeout', 'ssh.closed')) throw error;
    return 'none';
  }
}

/**
 * A Pi that lets us in and then never opens a channel must not hold us up. One that it opens too
 * late is closed with its session. Throws `run.cancelled` once the signal aborts.
 */
function openLoop(session: SshSession, signal: AbortSignal): Promise<Dialogue> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(cancelled());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void session
      .dialogue(LOOP_COMMAND)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function runsNothing(host: string): RpiError {
  return new RpiError('monitor.no-answer', `${host} lets us in, but runs no commands.`, {
    remedy: `Check the shell of the user that the inventory names: rpi ssh ${host}`,
  });
}

function defined(signs: { readonly [K in keyof Signs]: Signs[K] | undefined }): Signs {
  return Object.fromEntries(Object.entries(signs).filter(([, value]) => value !== undefined));
}
