/** Folds the events of a journal into the summary of its run, as they come. */
import { isAbsolute, join } from 'node:path';
import type { ErrorReport } from '../errors.ts';
import type { Event, EventOf, Question, ResultStatus } from './event.ts';
import type { RunState } from './reader.ts';
import type { RunHost, RunStep, RunSummary, TaskFailure } from './run-summary.ts';

/** What is known after some events. Never changed: folding gives a new one. */
export type SummaryState = {
  readonly path: string;
  readonly started: Extract<Event, { kind: 'run.started' }> | undefined;
  readonly finished: Extract<Event, { kind: 'run.finished' }> | undefined;
  readonly lastAt: string;
  readonly hosts: ReadonlyMap<string, RunHost>;
  readonly steps: readonly RunStep[];
  /** Open ones, by id, in the order in which they were asked. */
  readonly questions: ReadonlyMap<string, Question>;
  readonly failures: readonly TaskFailure[];
};

/** A run of a thousand failing tasks is not told better by the ones beyond. */
const MOST_FAILURES = 1000;
const MOST_STEPS = 200;

/** Nothing is known yet but where the journal is. */
export function emptySummary(path: string): SummaryState {
  return {
    path,
    started: undefined,
    finished: undefined,
    lastAt: '',
    hosts: new Map(),
    steps: [],
    questions: new Map(),
    failures: [],
  };
}

/** The state after more events, as if they were folded one by one. */
export function foldEvents(state: SummaryState, events: Iterable<Event>): SummaryState {
  const draft: Draft = {
    ...state,
    hosts: new Map(state.hosts),
    steps: [...state.steps],
    questions: new Map(state.questions),
    failures: [...state.failures],
  };
  for (const event of events) {
    draft.lastAt = event.at;
    apply(draft, event);
  }
  return draft;
}

/**
 * The summary, once the run has begun; undefined for a journal without its first line. `runState`
 * is for the caller to find out: whether a process lives does not stand in a journal.
 */
export function summaryOf(state: SummaryState, runState: RunState): RunSummary | undefined {
  const { started, finished } = state;
  if (started === undefined) return undefined;
  const isLive = runState === 'live';
  const [question] = isLive ? state.questions : [];
  const hosts = [...state.hosts.values()];
  return {
    id: started.run,
    path: state.path,
    state: runState,
    command: started.command,
    args: started.args,
    project: started.project,
    dryRun: started.dryRun,
    startedAt: started.at,
    finishedAt: finished?.at,
    lastAt: state.lastAt,
    status: finished?.status,
    summary: finished?.summary,
    undone: finished?.undone ?? [],
    error: finished?.error,
    question: question === undefined ? undefined : { id: question[0], question: question[1] },
    hosts: isLive ? hosts : hosts.map((host) => leftHost(host, runState)),
    steps: isLive ? state.steps : state.steps.map(leftStep),
    failures: state.failures,
  };
}

/** What nobody works on any more is not under way. */
function leftHost(host: RunHost, runState: RunState): RunHost {
  const steps = host.steps.map(leftStep);
  if (host.status !== undefined) return { ...host, steps };
  const summary = runState === 'interrupted' ? 'interrupted' : 'not finished';
  return { ...host, steps, status: 'cancelled', summary: host.summary ?? summary };
}

function leftStep(step: RunStep): RunStep {
  return step.status === undefined ? { ...step, status: 'cancelled' } : step;
}

type Draft = {
  -readonly [Key in keyof SummaryState]: SummaryState[Key] extends ReadonlyMap<infer K, infer V>
    ? Map<K, V>
    : SummaryState[Key] extends readonly (infer Item)[]
      ? Item[]
      : SummaryState[Key];
};

function apply(draft: Draft, event: Event): void {
  switch (event.kind) {
    case 'run.started':
      draft.started ??= event;
      return;
    case 'run.finished':
      draft.finished = event;
      draft.questions.clear();
      return;
    case 'host.started':
      setHost(draft, event.host, { status: undefined });
      return;
    case 'host.finished':
      setHost(draft, event.host, {
        status: event.status,
        summary: event.summary,
        error: event.error,
      });
      return;
    case 'step.started':
    case 'step.progress':
    case 'step.intended':
    case 'step.finished':
      setStep(draft, event.host, changedStep(event));
      return;
    case 'check':
      setStep(draft, event.host, checkStep(event));
      return;
    case 'vitals':
      setHost(draft, event.host, {});
      return;
    case 'question':
      draft.questions.set(event.id, event.question);
      return;
    case 'answer':
      draft.questions.delete(event.id);
      return;
    case 'ansible.play':
      // Its hosts are patterns, as the play has them; which hosts those are, the results tell.
      setStep(draft, undefined, { ...stageOf(event), detail: event.play });
      return;
    case 'ansible.task':
      setStep(draft, undefined, { ...stageOf(event), detail: event.task });
      return;
    case 'ansible.result':
      applyResult(draft, event);
      return;
    case 'ansible.stats':
      for (const [host, stats] of Object.entries(event.hosts)) applyStats(draft, host, stats);
      return;
    // What is to be read in the log, and nowhere else.
    case 'plan':
    case 'log':
    case 'output':
    case 'forward':
    case 'file.changed':
    case 'sighting':
      return;
  }
}

function setHost(draft: Draft, host: string, change: Partial<Omit<RunHost, 'host'>>): void {
  const before = draft.hosts.get(host);
  draft.hosts.set(host, {
    host,
    status: undefined,
    summary: undefined,
    error: undefined,
    steps: [],
    ...before,
    ...change,
  });
}

type StepChange = Pick<RunStep, 'step'> & Partial<RunStep>;

/** Of the run, or of a host in it. A step that begins again stands at its old place. */
function setStep(draft: Draft, host: string | undefined, change: StepChange): void {
  if (host === undefined) {
    draft.steps = withStep(draft.steps, change);
    return;
  }
  setHost(draft, host, { steps: withStep(draft.hosts.get(host)?.steps ?? [], change) });
}

function withStep(steps: readonly RunStep[], change: StepChange): RunStep[] {
  const at = steps.findIndex(({ step }) => step === change.step);
  const before = steps[at];
  if (before !== undefined) return steps.with(at, { ...before, ...change });
  if (steps.length >= MOST_STEPS) return [...steps];
  const fresh: RunStep = {
    title: change.step,
    status: undefined,
    detail: undefined,
    done: undefined,
    total: undefined,
    ...change,
  };
  return [...steps, fresh];
}

function changedStep(
  event: EventOf<'step.started' | 'step.progress' | 'step.intended' | 'step.finished'>,
): StepChange {
  const { step } = event;
  switch (event.kind) {
    case 'step.started':
      return { step, title: event.title, status: undefined, done: undefined, total: undefined };
    case 'step.progress': {
      const { done, total, detail } = event;
      return { step, done, total, ...(detail === undefined ? {} : { detail }) };
    }
    case 'step.intended':
      return { step, detail: event.what };
    case 'step.finished': {
      const detail = event.detail ?? event.error?.message;
      return { step, status: event.status, ...(detail === undefined ? {} : { detail }) };
    }
  }
}

const CHECK_STATUS = {
  ok: 'ok',
  warning: 'ok',
  failed: 'failed',
  skipped: 'skipped',
} as const satisfies Record<EventOf<'check'>['status'], ResultStatus>;

function checkStep({ name, status, detail }: EventOf<'check'>): StepChange {
  return {
    step: `check ${name}`,
    title: name,
    status: CHECK_STATUS[status],
    detail: status === 'warning' ? `Warning: ${detail}` : detail,
  };
}

/** The step that a playbook is, also where nothing announced it. */
function stageOf({ step }: { readonly step?: string | undefined }): StepChange {
  return { step: step ?? 'ansible', status: undefined };
}

function applyResult(draft: Draft, event: EventOf<'ansible.result'>): void {
  const before = draft.hosts.get(event.host);
  if (!isFailure(event)) {
    // Done with one playbook, it is worked on by the next.
    const isIdle = before?.status !== 'failed' && before?.status !== undefined;
    if (before === undefined || isIdle) setHost(draft, event.host, { status: undefined });
    return;
  }
  const step = `${event.step ?? 'ansible'}: ${event.task}`;
  const told = before?.steps.find((other) => other.step === step);
  // A loop tells of each item that failed, and then of itself; the items say more.
  if (event.item === undefined && told?.status === 'failed') return;
  const message = messageOfTask(event);
  setStep(draft, event.host, { step, title: event.task, status: 'failed', detail: message });
  setHost(draft, event.host, {
    status: 'failed',
    summary: `${event.task}: ${message}`,
    error: errorOfTask(event),
  });
  addFailure(draft, event, message);
}

/** Whether the result keeps the host from going on. */
export function isFailure({ status, ignored, rescued }: EventOf<'ansible.result'>): boolean {
  return (status === 'failed' || status === 'unreachable') && !ignored && !rescued;
}

/** What a failed task says, with the item of its loop. */
export function messageOfTask({ item, message, status }: EventOf<'ansible.result'>): string {
  return `${item === undefined ? '' : `${item}: `}${message ?? status}`;
}

/** The error that a failed task is, as in the rest of the product. */
export function errorOfTask(event: EventOf<'ansible.result'>): ErrorReport {
  const message = `${event.task}: ${messageOfTask(event)}`;
  if (event.status === 'unreachable') {
    return { code: 'ssh.unreachable', message, remedy: `rpi access check --limit ${event.host}` };
  }
  return {
    code: 'command.failed',
    message,
    ...(event.path === undefined
      ? {}
      : { remedy: `The task is at ${event.path}:${event.line ?? 1}.` }),
  };
}

function addFailure(draft: Draft, event: EventOf<'ansible.result'>, message: string): void {
  if (event.path === undefined || draft.failures.length >= MOST_FAILURES) return;
  const root = draft.started?.project;
  draft.failures.push({
    host: event.host,
    task: event.task,
    message,
    path: isAbsolute(event.path) || root === undefined ? event.path : join(root, event.path),
    line: event.line ?? 1,
  });
}

function applyStats(
  draft: Draft,
  host: string,
  stats: EventOf<'ansible.stats'>['hosts'][string],
): void {
  const before = draft.hosts.get(host);
  if (stats.failed > 0 || stats.unreachable > 0) {
    const summary = stats.unreachable > 0 ? 'unreachable' : 'failed';
    setHost(draft, host, { status: 'failed', summary: before?.summary ?? summary });
    return;
  }
  setHost(draft, host, {
    status: stats.changed > 0 ? 'changed' : 'ok',
    summary: `${stats.ok} ok, ${stats.changed} changed`,
    error: undefined,
  });
}
