/** The one shape of everything long: a stream of events that ends in an outcome. */
import type { Project } from '../project/project.ts';
import type { EventBody, Question, RunStatus } from './event.ts';

/** What every operation ends with. `undone` says, a sentence each, what was left undone. */
export type Outcome = {
  readonly status: RunStatus;
  readonly summary: string;
  readonly undone?: readonly string[];
};

export type Clock = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after `milliseconds`; rejects with `run.cancelled` when the signal aborts first. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
};

/** What an operation may use of the world around it. */
export type Context = {
  /** The only way to cancel. An operation that sees it yields what it must and returns. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dryRun: boolean;
  /**
   * Asks a person and waits. Rejects with `answer.needed` where nobody can answer and with
   * `run.cancelled` when the run is cancelled. Secrets are never journaled.
   */
  readonly ask: (question: Question) => Promise<string>;
};

/** The context of an operation that works on a project. */
export type ProjectContext = Context & { readonly project: Project };

export type Operation<Input, Result extends Outcome, C extends Context = Context> = (
  input: Input,
  context: C,
) => AsyncGenerator<EventBody, Result>;

/** Asks a yes-no question. */
export async function confirmed(
  context: Context,
  text: string,
  about: Pick<Question, 'detail' | 'hosts'> = {},
): Promise<boolean> {
  return (await context.ask({ type: 'yes-no', text, ...about })) === 'yes';
}
