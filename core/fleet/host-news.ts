/**
 * What runs told of each host, the newest of each kind. A pure fold: which journal is read first
 * does not matter.
 */
import type { ErrorCode, ErrorReport } from '../errors.ts';
import type { Event, EventOf, ResultStatus, Vitals } from '../runs/event.ts';
import { errorOfTask, isFailure, messageOfTask } from '../runs/summarise.ts';

/**
 * How a host let us in when it was last tried. `in`: by the project's key. `needs-key`: it would by
 * something else, or its host key is not accepted yet. `refused`: our key was not let in.
 */
export type Contact = 'in' | 'needs-key' | 'refused' | 'locked' | 'unreachable';

/** Times are ISO 8601, UTC. */
export type HostNews = {
  readonly vitals: { readonly at: string; readonly vitals: Vitals } | undefined;
  readonly contact:
    | {
        readonly at: string;
        readonly contact: Contact;
        readonly detail: string;
        readonly error: ErrorReport | undefined;
      }
    | undefined;
  /** When it last let us in. */
  readonly letIn: { readonly at: string } | undefined;
  /** How the last run that was to change it ended on it; to look at it is no such run. */
  readonly work:
    | {
        readonly at: string;
        readonly run: string;
        readonly command: string;
        readonly status: ResultStatus;
        readonly summary: string;
        readonly error: ErrorReport | undefined;
      }
    | undefined;
  /** The last task of a playbook that failed on it. */
  readonly failure:
    | {
        readonly at: string;
        readonly task: string;
        readonly message: string;
        readonly path: string | undefined;
        readonly line: number | undefined;
      }
    | undefined;
  /** The run that spoke of it last. */
  readonly run: { readonly at: string; readonly id: string; readonly command: string } | undefined;
};

/** What the events of a run are read with. */
export type RunOfNews = {
  readonly id: string;
  readonly command: string;
  readonly dryRun: boolean;
  /** The action of the task under way, by step. */
  readonly actions: ReadonlyMap<string, string>;
  /** Loops of which an item has failed: step, host and task. */
  readonly loops: ReadonlySet<string>;
};

const NOTHING: HostNews = {
  vitals: undefined,
  contact: undefined,
  letIn: undefined,
  work: undefined,
  failure: undefined,
  run: undefined,
};

const LOCKED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'access.locked',
  'ssh.host-key-changed',
  'ssh.known-hosts-invalid',
  'ssh.penalised',
  // They let us in to no use; monitor calls them locked too.
  'ssh.too-much-output',
  'monitor.no-answer',
]);
/** It let us in, and what failed is another matter. */
const IN_ALL_THE_SAME: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'command.failed',
  'access.password-login-kept',
]);
const UNREACHABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ssh.unreachable',
  'ssh.timeout',
  'ssh.closed',
  'ssh.protocol',
]);

/** Commands that speak of hosts without touching them. */
const ELSEWHERE = /^(?:inventory|detect|create|init|doctor|ssh|runs|monitor power-cycle)\b/;
/** Commands that only look, or whose failure says nothing of the Pi; remedies of the monitor do more. */
const LOOKING = /^(?:monitor$|(?:access check|exec|install preflight|install plan)\b)/;
/** Actions that Ansible does by itself, without asking the host. */
const AT_HOME =
  /^(?:ansible\.builtin\.)?(?:debug|set_fact|assert|fail|pause|meta|add_host|group_by|include\w*|import\w*|validate_argument_spec|set_stats)$/;

/** Folds the events of one run, in order, into the news of its hosts. */
export function newsOfRun(events: Iterable<Event>, before: RunNews = emptyRunNews): RunNews {
  const actions = new Map(before.run?.actions);
  const loops = new Set(before.run?.loops);
  const hosts = new Map(before.hosts);
  let run = before.run;
  for (const event of events) {
    if (event.kind === 'run.started') {
      run = { id: event.run, command: event.command, dryRun: event.dryRun, actions, loops };
    }
    if (run === undefined) continue;
    if (event.kind === 'ansible.task') actions.set(event.step ?? '', event.action);
    for (const [host, news] of tellings(event, { ...run, actions, loops })) {
      hosts.set(host, newest(hosts.get(host) ?? NOTHING, news));
    }
    if (event.kind === 'ansible.result' && event.item !== undefined && isFailure(event)) {
      loops.add(loopOf(event));
    }
  }
  return { run: run === undefined ? undefined : { ...run, actions, loops }, hosts };
}

export type RunNews = {
  readonly run: RunOfNews | undefined;
  readonly hosts: ReadonlyMap<string, HostNews>;
};

export const emptyRunNews: RunNews = { run: undefined, hosts: new Map() };

/** The newest of each fact: in any order, the same. */
export function newest(a: HostNews, b: HostNews): HostNews {
  return {
    vitals: later(a.vitals, b.vitals),
    contact: later(a.contact, b.contact),
    letIn: later(a.letIn, b.letIn),
    work: later(a.work, b.work),
    failure: later(a.failure, b.failure),
    run: later(a.run, b.run),
  };
}

/** The news of many runs together. */
export function joinNews(runs: Iterable<ReadonlyMap<string, HostNews>>): Map<string, HostNews> {
  const joined = new Map<string, HostNews>();
  for (const hosts of runs) {
    for (const [host, news] of hosts) {
      const before = joined.get(host);
      joined.set(host, before === undefined ? news : newest(before, news));
    }
  }
  return joined;
}

/** At one time the one that comes later in the order of their texts, so that the order is total. */
function later<Fact extends { readonly at: string }>(
  a: Fact | undefined,
  b: Fact | undefined,
): Fact | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a === b) return a;
  if (a.at !== b.at) return a.at < b.at ? b : a;
  return JSON.stringify(a) < JSON.stringify(b) ? b : a;
}

/** What one event says of which hosts. */
function tellings(event: Event, run: RunOfNews): readonly (readonly [string, HostNews])[] {
  const { at } = event;
  const here = { ...NOTHING, run: { at, id: run.id, command: run.command } };
  switch (event.kind) {
    case 'host.started':
      return [[event.host, here]];
    case 'host.finished':
      return [[event.host, { ...here, ...finishedNews(event, at, run) }]];
    case 'vitals':
      return [[event.host, { ...here, ...letIn(at), vitals: { at, vitals: event.vitals } }]];
    case 'check':
      if (event.host === undefined) return [];
      return [[event.host, { ...here, ...(event.name === 'access' ? checkNews(event, at) : {}) }]];
    case 'ansible.result':
      return [[event.host, { ...here, ...resultNews(event, at, run) }]];
    case 'ansible.stats':
      return Object.entries(event.hosts).map(([host, stats]) => [
        host,
        { ...here, ...statsNews(stats, at, run) },
      ]);
    case 'step.started':
    case 'step.progress':
    case 'step.intended':
    case 'step.finished':
      return event.host === undefined ? [] : [[event.host, here]];
    default:
      return [];
  }
}

function letIn(at: string, detail = 'let us in'): Pick<HostNews, 'contact' | 'letIn'> {
  return { contact: { at, contact: 'in', detail, error: undefined }, letIn: { at } };
}

function finishedNews(
  { status, summary, error }: EventOf<'host.finished'>,
  at: string,
  run: RunOfNews,
): Partial<HostNews> {
  if (ELSEWHERE.test(run.command)) return {};
  const contact = error === undefined ? undefined : contactOf(error.code);
  const reached: Partial<HostNews> =
    contact !== undefined
      ? { contact: { at, contact, detail: summary, error } }
      : status === 'ok' ||
          status === 'changed' ||
          (error !== undefined && IN_ALL_THE_SAME.has(error.code))
        ? letIn(at)
        : {};
  return { ...reached, ...workNews({ status, summary, error }, at, run) };
}

/** What a code says of how the host let us in; undefined where it has nothing to do with that. */
function contactOf(code: ErrorCode): Contact | undefined {
  if (LOCKED.has(code)) return 'locked';
  if (UNREACHABLE.has(code)) return 'unreachable';
  if (code === 'ssh.host-key-unknown') return 'needs-key';
  return code === 'ssh.refused-login' ? 'refused' : undefined;
}

function workNews(
  end: {
    readonly status: ResultStatus;
    readonly summary: string;
    readonly error: ErrorReport | undefined;
  },
  at: string,
  { id, command, dryRun }: RunOfNews,
): Partial<HostNews> {
  const says = end.status === 'ok' || end.status === 'changed' || end.status === 'failed';
  if (dryRun || !says || LOOKING.test(command)) return {};
  return { work: { at, run: id, command, ...end } };
}

function checkNews(
  { status, detail, code, remedy }: EventOf<'check'>,
  at: string,
): Partial<HostNews> {
  if (status === 'ok') return letIn(at, detail);
  const contact = status === 'warning' ? 'needs-key' : contactOf(code ?? 'ssh.unreachable');
  if (status === 'skipped' || contact === undefined) return {};
  const error =
    code === undefined
      ? undefined
      : { code, message: detail, ...(remedy === undefined ? {} : { remedy }) };
  return { contact: { at, contact, detail, error } };
}

function resultNews(
  event: EventOf<'ansible.result'>,
  at: string,
  run: RunOfNews,
): Partial<HostNews> {
  const isAtHome = AT_HOME.test(run.actions.get(event.step ?? '') ?? '');
  if (event.status === 'ok' || event.status === 'changed') return isAtHome ? {} : letIn(at);
  // A loop tells of each item that failed, and then of itself; the items say more.
  if (!isFailure(event) || (event.item === undefined && run.loops.has(loopOf(event)))) return {};
  const error = errorOfTask(event);
  const { task, path, line } = event;
  const failure = { at, task, message: messageOfTask(event), path, line };
  const work = workNews({ status: 'failed', summary: error.message, error }, at, run);
  if (event.status === 'failed') return { ...work, failure };
  const contact: HostNews['contact'] = {
    at,
    contact: 'unreachable',
    detail: error.message,
    error,
  };
  return { ...work, failure, contact };
}

function loopOf({ step, host, task }: EventOf<'ansible.result'>): string {
  return JSON.stringify([step, host, task]);
}

/** Good ends only: a failure was told by its task, which says more. */
function statsNews(
  stats: EventOf<'ansible.stats'>['hosts'][string],
  at: string,
  run: RunOfNews,
): Partial<HostNews> {
  if (stats.failed > 0 || stats.unreachable > 0) return {};
  const status = stats.changed > 0 ? 'changed' : 'ok';
  const summary = `${stats.ok} ok, ${stats.changed} changed`;
  return workNews({ status, summary, error: undefined }, at, run);
}
