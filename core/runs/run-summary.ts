/** A run as people look at it: state, hosts, steps; folded from the events of its journal. */
import type { ErrorReport } from '../errors.ts';
import type { Question, ResultStatus, RunStatus } from './event.ts';
import type { RunState } from './reader.ts';

/** One step of a run, or of one host in it. Times are ISO 8601, UTC. */
export type RunStep = {
  readonly step: string;
  readonly title: string;
  /** Undefined while it runs. */
  readonly status: ResultStatus | undefined;
  readonly detail: string | undefined;
  readonly done: number | undefined;
  readonly total: number | undefined;
};

export type RunHost = {
  readonly host: string;
  /** Undefined while it is worked on; what a run left unfinished is `cancelled` when it is over. */
  readonly status: ResultStatus | undefined;
  readonly summary: string | undefined;
  readonly error: ErrorReport | undefined;
  readonly steps: readonly RunStep[];
};

/** Where a task of a playbook failed. Lines count from 1; the path is absolute. */
export type TaskFailure = {
  readonly host: string;
  readonly task: string;
  readonly message: string;
  readonly path: string;
  readonly line: number;
};

export type RunSummary = {
  readonly id: string;
  /** The journal. */
  readonly path: string;
  readonly state: RunState;
  /** As in `access enroll`. */
  readonly command: string;
  /** The words after `rpi`; values that may be secret are left out. */
  readonly args: readonly string[];
  readonly project: string | undefined;
  readonly dryRun: boolean;
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  /** When it wrote its last event: how long an interrupted run lived. */
  readonly lastAt: string;
  readonly status: RunStatus | undefined;
  readonly summary: string | undefined;
  readonly undone: readonly string[];
  readonly error: ErrorReport | undefined;
  /** Asked and not answered yet, while the run lives. */
  readonly question: { readonly id: string; readonly question: Question } | undefined;
  readonly hosts: readonly RunHost[];
  /** Steps of the run as a whole. */
  readonly steps: readonly RunStep[];
  readonly failures: readonly TaskFailure[];
};
