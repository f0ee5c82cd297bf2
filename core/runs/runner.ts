/**
 * The one runner: drains an operation at full speed into its journal. Whoever watches reads a
 * bounded queue and can't slow it down.
 */
import { VERSION } from '../version.ts';
import { cancelled, reportOf, RpiError, EXIT, ERROR_CODES } from '../errors.ts';
import { ownIdentity } from '../files/process-identity.ts';
import type { Environment } from '../command/run.ts';
import { serveControl, type ControlReply, type ControlRequest } from './control.ts';
import { EVENT_VERSION, type Event, type EventBody, type Question } from './event.ts';
import { createJournal, newRunId } from './journal.ts';
import type { Clock, Context, Outcome } from './operation.ts';
import { createEventQueue, type EventQueue } from './queue.ts';
import { removeOldRuns } from './retention.ts';

/** Answers a question, or returns undefined where it can't. Rejects when the signal aborts. */
export type Answerer = (
  question: Question,
  signal: AbortSignal,
) => Promise<{ readonly by: string; readonly value: string } | undefined>;

export type RunRequest<Result extends Outcome> = {
  /** Of newRunId, where it has to be known before the run begins. */
  readonly id?: string;
  /** The words after `rpi`, as in `access enroll`. */
  readonly command: string;
  /** The rest of the command line. Secrets never stand there. */
  readonly args: readonly string[];
  readonly operation: (context: Context) => AsyncGenerator<EventBody, Result>;
  /** Folder of the journals. */
  readonly runs: string;
  readonly socketFolder: string;
  readonly project?: string | undefined;
  readonly dryRun: boolean;
  readonly env: Environment;
  readonly clock: Clock;
  readonly answerer: Answerer;
};

export type RunEnd<Result extends Outcome> = {
  /** Undefined when the run failed by an exception. */
  readonly outcome: Result | undefined;
  readonly finished: Extract<Event, { kind: 'run.finished' }>;
  /** The exit code of the command. */
  readonly exit: number;
};

export type Run<Result extends Outcome> = {
  readonly id: string;
  readonly journal: string;
  /** For one renderer. */
  readonly events: EventQueue;
  readonly cancel: () => void;
  /** Never rejects but for what can't be journaled (no place to write the journal). */
  readonly end: Promise<RunEnd<Result>>;
};

/** Starts a run. Throws `file.*` when its journal can't be created. */
export function startRun<Result extends Outcome>(request: RunRequest<Result>): Run<Result> {
  const id = request.id ?? newRunId(request.command, request.clock.now());
  const journal = createJournal(request.runs, id);
  const queue = createEventQueue();
  const controller = new AbortController();
  const questions = createQuestions();
  let seq = 0;

  const record = (body: EventBody): Event => {
    const at = new Date(request.clock.now()).toISOString();
    const event: Event = { v: EVENT_VERSION, run: id, seq: seq++, at, ...body };
    journal.append(event, {
      durable: body.kind === 'step.intended' || body.kind === 'run.finished',
    });
    queue.push(event);
    return event;
  };

  const context: Context = {
    signal: controller.signal,
    clock: request.clock,
    env: request.env,
    dryRun: request.dryRun,
    ask: async (question) => {
      const number = questions.next();
      record({ kind: 'question', id: number, question });
      const answer = await questions.settle(number, question, request.answerer, controller.signal);
      record({
        kind: 'answer',
        id: number,
        by: answer.by,
        ...(question.type === 'secret' ? {} : { value: answer.value }),
      });
      return answer.value;
    },
  };

  const handle = (message: ControlRequest): ControlReply => {
    switch (message.verb) {
      case 'ping':
        return { ok: true, message: 'live' };
      case 'cancel':
        controller.abort();
        return { ok: true, message: 'cancelling' };
      case 'answer':
        return questions.answer(message.id, message.value)
          ? { ok: true, message: 'answered' }
          : { ok: false, message: `question ${message.id} is not open` };
    }
  };

  record({
    kind: 'run.started',
    command: request.command,
    args: [...request.args],
    ...ownIdentity(),
    ...(request.project === undefined ? {} : { project: request.project }),
    version: VERSION,
    dryRun: request.dryRun,
  });

  const drain = async (): Promise<RunEnd<Result>> => {
    const control = await serveControl(request.socketFolder, id, handle).catch(
      (error: unknown) =>
        void record({ kind: 'log', level: 'warn', text: reportOf(error).message }),
    );
    const operation = request.operation(context);
    try {
      for (;;) {
        const step = await operation.next();
        if (step.done === true) return finish(step.value, undefined);
        record(step.value);
      }
    } catch (error) {
      return finish(undefined, error);
    } finally {
      // Whatever ended the run, also a journal that can't be written: the work stops, lets go of
      // what it holds, and no question stays open. After a regular end this does nothing.
      controller.abort();
      await operation.return(undefined as never).catch(() => undefined);
      queue.end();
      await control?.[Symbol.asyncDispose]();
      closeQuietly(journal.close);
      await removeOldRuns(request.runs, request.clock.now());
    }
  };

  const finish = (outcome: Result | undefined, error: unknown): RunEnd<Result> => {
    const body = outcome === undefined ? failedBody(error) : finishedBody(outcome);
    const exit = outcome === undefined ? exitOf(error) : EXIT[outcome.status];
    try {
      const finished = record(body);
      if (finished.kind === 'run.finished') return { outcome, finished, exit };
    } catch (journalError) {
      // A disk that is full when the run ends must not hide how the run ended.
      return {
        outcome,
        finished: stampless(id, seq, request.clock, failedBody(journalError)),
        exit,
      };
    }
    throw new RpiError('run.internal', 'A run ended without its last event.');
  };

  return {
    id,
    journal: journal.path,
    events: queue,
    cancel: () => controller.abort(),
    end: drain(),
  };
}

type FinishedBody = Extract<EventBody, { kind: 'run.finished' }>;

function finishedBody(outcome: Outcome): FinishedBody {
  return {
    kind: 'run.finished',
    status: outcome.status,
    summary: outcome.summary,
    undone: [...(outcome.undone ?? [])],
  };
}

function failedBody(error: unknown): FinishedBody {
  const report = reportOf(error);
  const end = ERROR_CODES[report.code];
  const status = end === 'cancelled' || end === 'refused' ? end : 'failed';
  return { kind: 'run.finished', status, summary: report.message, undone: [], error: report };
}

function exitOf(error: unknown): number {
  return EXIT[ERROR_CODES[reportOf(error).code]];
}

function stampless(
  run: string,
  seq: number,
  clock: Clock,
  body: FinishedBody,
): Extract<Event, { kind: 'run.finished' }> {
  return { v: EVENT_VERSION, run, seq, at: new Date(clock.now()).toISOString(), ...body };
}

/** The last fsync of a full disk fails too; by then the end has been told. */
function closeQuietly(close: () => void): void {
  try {
    close();
  } catch (error) {
    if (!RpiError.is(error)) throw error;
  }
}

type Given = { readonly by: string; readonly value: string };

/** Open questions of a run: answered by the terminal or the control socket, whoever comes first. */
function createQuestions(): {
  readonly next: () => string;
  readonly answer: (id: string, value: string) => boolean;
  readonly settle: (
    id: string,
    question: Question,
    answerer: Answerer,
    signal: AbortSignal,
  ) => Promise<Given>;
} {
  const open = new Map<string, (given: Given) => void>();
  let count = 0;
  return {
    next: () => `q${++count}`,
    answer: (id, value) => {
      const resolve = open.get(id);
      resolve?.({ by: 'control', value });
      return resolve !== undefined;
    },
    settle: async (id, question, answerer, signal) => {
      if (signal.aborted) throw cancelled();
      const settled = new AbortController();
      const either = AbortSignal.any([signal, settled.signal]);
      try {
        return await new Promise<Given>((resolve, reject) => {
          open.set(id, resolve);
          const giveUp = (): void => reject(cancelled());
          signal.addEventListener('abort', giveUp, { once: true });
          settled.signal.addEventListener('abort', () =>
            signal.removeEventListener('abort', giveUp),
          );
          answerer(question, either).then((given) => {
            if (given === undefined) reject(nobodyAnswers(question));
            else resolve(given);
          }, reject);
        });
      } finally {
        open.delete(id);
        settled.abort();
      }
    },
  };
}

function nobodyAnswers(question: Question): RpiError {
  return new RpiError('answer.needed', `An answer is needed: ${question.text}`, {
    remedy:
      'Run the command in a terminal, or give the answer by an option (see --help). Nothing was done about it.',
  });
}
