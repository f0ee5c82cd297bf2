/** One round over the fleet: every Pi asked once, all at the same time. */
import { reportOf, RpiError, type ErrorCode, type ErrorReport } from '../errors.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { loadInventory, selectAdopted } from '../inventory/load.ts';
import type { EventBody, Vitals } from '../runs/event.ts';
import { merge, type HostResult } from '../runs/merge.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import { projectSessions, type ProjectSessions } from '../ssh/project-session.ts';
import { warningsOf } from './judge.ts';
import { parseVitals } from './parse-vitals.ts';
import { PROBE_COMMAND, PROBE_SCRIPT } from './probe.ts';

/** Connections at once; a home router and one small CPU bear it. */
const AT_ONCE = 50;

export type RoundInput = {
  /** An Ansible host pattern; all hosts without it. */
  readonly limit: string | undefined;
};

/**
 * `unreachable`: no answer in time. `locked`: it answers, and does not let us in (or we won't go
 * in: a host key that is unknown or has changed).
 */
export type HostState = 'healthy' | 'warning' | 'unreachable' | 'locked';

export type HostHealth = {
  readonly host: string;
  readonly address: string;
  readonly state: HostState;
  /** Why it is not healthy; empty otherwise. */
  readonly reasons: readonly string[];
  readonly vitals: Vitals | undefined;
  readonly error: ErrorReport | undefined;
};

export type RoundOutcome = Outcome & { readonly hosts: readonly HostHealth[] };

/** Errors of a Pi that is there and does not let us in, or runs nothing for us. */
export const LOCKED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ssh.refused-login',
  'ssh.host-key-unknown',
  'ssh.host-key-changed',
  'ssh.known-hosts-invalid',
  'ssh.too-much-output',
  'monitor.no-answer',
]);

/**
 * Measures the hosts of the limit. Each has `monitor.timeout` of rpi.yml for all of it, so that
 * none holds up the round. Ends `failed` when a Pi can't be measured; warnings don't. Throws
 * `inventory.*`, and `access.identity` where the project has no key.
 */
export async function* monitorRound(
  input: RoundInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, RoundOutcome> {
  const { project, env, signal } = context;
  const hosts = selectAdopted(await loadInventory(project, { env, signal }), input.limit);
  const sessions = await projectSessions(context);
  const results = yield* merge(hosts, (host) => measure(host, sessions, context), {
    limit: AT_ONCE,
    signal,
  });
  const healths = results.filter((result) => result.ok).map((result) => result.value);
  if (signal.aborted) return cancelledOutcome(results, healths);
  for (const result of results) if (!result.ok) throw result.error;
  return {
    status: healths.some(isDown) ? 'failed' : 'ok',
    summary: summarise(healths),
    hosts: healths,
  };
}

function isDown({ state }: HostHealth): boolean {
  return state === 'unreachable' || state === 'locked';
}

async function* measure(
  host: InventoryHost,
  sessions: ProjectSessions,
  context: ProjectContext,
): AsyncGenerator<EventBody, HostHealth> {
  yield { kind: 'host.started', host: host.name };
  const about = { host: host.name, address: host.address };
  let vitals: Vitals;
  try {
    vitals = await ask(host, sessions, context);
  } catch (error) {
    if (!RpiError.is(error) || RpiError.is(error, 'run.cancelled', 'run.internal')) throw error;
    const report = reportOf(error);
    const state = LOCKED.has(report.code) ? 'locked' : 'unreachable';
    yield {
      kind: 'host.finished',
      host: host.name,
      status: 'failed',
      summary: `${state}: ${report.message}`,
      error: report,
    };
    return { ...about, state, reasons: [report.message], vitals: undefined, error: report };
  }
  yield { kind: 'vitals', host: host.name, vitals };
  const reasons = warningsOf(vitals, context.project.config.monitor);
  const state = reasons.length === 0 ? 'healthy' : 'warning';
  const summary = reasons.length === 0 ? state : `${state}: ${reasons.join(', ')}`;
  yield { kind: 'host.finished', host: host.name, status: 'ok', summary };
  return { ...about, state, reasons, vitals, error: undefined };
}

/** Logs in and measures, all within the timeout; a Pi that is slower gives `ssh.timeout`. */
async function ask(
  host: InventoryHost,
  sessions: ProjectSessions,
  context: ProjectContext,
): Promise<Vitals> {
  const timeout = context.project.config.monitor.timeout * 1000;
  const deadline = AbortSignal.timeout(timeout);
  const signal = AbortSignal.any([context.signal, deadline]);
  try {
    await using session = await sessions.open(host, { signal, timeout });
    const { stdout } = await session.exec(PROBE_COMMAND, { signal, stdin: PROBE_SCRIPT });
    const vitals = parseVitals(stdout);
    if (vitals !== undefined) return vitals;
  } catch (error) {
    if (deadline.aborted && !context.signal.aborted && RpiError.is(error, 'run.cancelled')) {
      throw new RpiError('ssh.timeout', `${host.name} did not answer within ${timeout / 1000} s.`, {
        remedy: 'It may be overloaded. monitor.timeout in rpi.yml is how long to wait.',
      });
    }
    throw error;
  }
  throw new RpiError('monitor.no-answer', `${host.name} lets us in, but runs no commands.`, {
    remedy: `Check the shell of the user that the inventory names: rpi ssh ${host.name}`,
  });
}

function summarise(healths: readonly HostHealth[]): string {
  const count = (state: HostState): number => healths.filter((each) => each.state === state).length;
  const parts = (['healthy', 'warning', 'locked', 'unreachable'] as const)
    .map((state) => ({ state, number: count(state) }))
    .filter(({ number }) => number > 0)
    .map(({ state, number }) => `${number} ${state}`);
  return `${healths.length} Pi${healths.length === 1 ? '' : 's'}: ${parts.join(', ')}.`;
}

function cancelledOutcome(
  results: readonly HostResult<InventoryHost, HostHealth>[],
  healths: readonly HostHealth[],
): RoundOutcome {
  const missing = results.filter((result) => !result.ok).map((result) => result.host.name);
  return {
    status: 'cancelled',
    summary: `Cancelled after ${healths.length} of ${results.length} Pis.`,
    undone: missing.length === 0 ? [] : [`Not measured: ${missing.join(', ')}.`],
    hosts: healths,
  };
}
