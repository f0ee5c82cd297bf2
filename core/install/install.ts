/** `rpi install`: preflight, plan, the typed name of each Pi, then one after the other or several at once. */
import { reportOf, RpiError } from '../errors.ts';
import type { EventBody } from '../runs/event.ts';
import { merge } from '../runs/merge.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import { announceAfterwards, setUp } from './afterwards.ts';
import { finishedEvent, type HostEnd } from './host-end.ts';
import { installHost, type ReadyHost } from './host-install.ts';
import type { Afterwards } from './job.ts';
import { openWatcher, type Watcher } from './look.ts';
import { digestOf, planInstall, type InstallPlan, type PlanOutcome } from './plan.ts';
import {
  checksAgain,
  type CheckAgain,
  type HostPreflight,
  type PreflightInput,
} from './preflight.ts';

export type InstallRequest = PreflightInput & {
  /** Hosts whose names a script has typed; each is asked for otherwise. */
  readonly yesWipe: readonly string[];
  /** Digests of the plans that were read: with any, no other plan is carried out. */
  readonly plans: readonly string[];
  /** How many go before the others, one by one with all that follows; 0 for none. */
  readonly canary: number;
  /** How many at once after that. */
  readonly parallel: number;
  /** Milliseconds from the restart until a new system must have answered. */
  readonly deadline: number;
  /** What is done with the Pis once they are proved. */
  readonly afterwards: readonly Afterwards[];
  /** Ansible's own output in colours. */
  readonly colour: boolean;
};

export type InstallOutcome = Outcome & { readonly ends: readonly HostEnd[] };

/**
 * Ends before anything is changed with the plan in a dry run, `refused` where a check refuses.
 * Throws `answer.refused` for a wrong name, `input.invalid` for a `yesWipe` that is no host of the
 * run, `install.plan-changed` for a plan that is none of those that were read, what planInstall
 * throws, and what announceAfterwards throws. What happens to a Pi is its end in the outcome.
 */
export async function* install(
  request: InstallRequest,
  context: ProjectContext,
): AsyncGenerator<EventBody, InstallOutcome> {
  const outcome = yield* installSystems(request, context);
  return context.dryRun ? outcome : yield* setUp(outcome, request, context);
}

/** As install, without what is done with the Pis once they are proved; that is noted in their jobs. */
export async function* installSystems(
  request: InstallRequest,
  context: ProjectContext,
): AsyncGenerator<EventBody, InstallOutcome> {
  // A Pi is not wiped for what can't be done with it afterwards.
  const following = await announceAfterwards(request.afterwards, context);
  const needsPython = request.afterwards.length > 0;
  const planned = yield* planInstall({ ...request, needsPython }, context);
  if (planned.status === 'refused') {
    const summary = `${planned.summary} Nothing was changed on any of them.`;
    return { ...planned, summary, ends: [] };
  }
  if (planned.status !== 'ok') return { ...planned, ends: [] };
  mustBeRead(planned.plans, request.plans);
  if (following !== undefined) yield { kind: 'log', level: 'info', text: following };
  if (context.dryRun) return { ...planned, ends: [] };
  for (const plan of planned.plans) {
    if (!request.yesWipe.includes(plan.host)) await confirmWipe(plan, context);
  }
  yield {
    kind: 'log',
    level: 'info',
    text:
      'Closing this terminal stops nothing: rpi install status shows how it stands, rpi runs follow goes on showing it. ' +
      'Ctrl-C before the restart takes everything back; after it, it only ends this view.',
  };
  return yield* inWaves(planned, request, context);
}

/** A canary first, then the rest, some at once; after the first surprise no further one is begun. */
async function* inWaves(
  planned: PlanOutcome,
  request: InstallRequest,
  context: ProjectContext,
): AsyncGenerator<EventBody, InstallOutcome> {
  const { canary, parallel } = request;
  const ready = planned.hosts.filter((each): each is ReadyHost => each.verdict === 'ready');
  const watcher = await openWatcher(context);
  const first = ready.length > 1 ? Math.min(canary, ready.length) : 0;
  const waves = [
    { hosts: ready.slice(0, first), limit: 1 },
    { hosts: ready.slice(first), limit: parallel },
  ];
  const halt = new AbortController();
  const ends: HostEnd[] = [];
  const checkedAt = context.clock.now();
  const checkAgain = checksAgain(request, FRESH, context);
  for (const [index, { hosts, limit }] of waves.entries()) {
    const isOld = (): boolean =>
      (index > 0 && first > 0) || context.clock.now() - checkedAt > FRESH;
    const results = yield* merge(
      hosts,
      (checked) =>
        carryOut(
          { checked, again: isOld() ? checkAgain : undefined },
          planned.plans,
          request,
          watcher,
          halt,
          context,
        ),
      { limit, signal: AbortSignal.any([context.signal, halt.signal]) },
    );
    for (const result of results) {
      if (result.ok) {
        ends.push(result.value);
        continue;
      }
      if (!RpiError.is(result.error, 'run.cancelled')) throw result.error;
      const end = notBegun(result.host.host.name, context.signal.aborted);
      yield { kind: 'host.started', host: end.host };
      yield finishedEvent(end);
      ends.push(end);
    }
  }
  return outcomeOf(ends, context.signal.aborted);
}

/** Milliseconds for which what was found out about a Pi is not asked for again. */
const FRESH = 60_000;

async function* carryOut(
  { checked, again }: { readonly checked: ReadyHost; readonly again: CheckAgain | undefined },
  plans: readonly InstallPlan[],
  request: InstallRequest,
  watcher: Watcher,
  halt: AbortController,
  context: ProjectContext,
): AsyncGenerator<EventBody, HostEnd> {
  const plan = plans.find(({ host }) => host === checked.host.name);
  if (plan === undefined) throw new RpiError('run.internal', 'A host without a plan.');
  const { deadline, afterwards } = request;
  // Of several Pis the last is begun long after it was looked at.
  const now = again === undefined ? checked : yield* again(checked.host);
  if (now.verdict === 'refused') {
    halt.abort();
    yield { kind: 'host.started', host: checked.host.name };
    const end = refusedNow(now);
    yield finishedEvent(end);
    return end;
  }
  const end = yield* installHost({ checked: now, plan, deadline, afterwards }, watcher, context);
  if (end.status !== 'changed') halt.abort();
  return end;
}

function refusedNow({ host, findings }: HostPreflight): HostEnd {
  const failed = findings.filter(({ status }) => status === 'failed').map(({ name }) => name);
  const error = reportOf(
    new RpiError(
      'install.refused',
      `${host.name} was in order at first and is not by now: ${failed.join(', ')}.`,
      { remedy: 'Nothing was changed on it. The checks above say what to do; then start again.' },
    ),
  );
  return { host: host.name, status: 'refused', error };
}

function notBegun(host: string, isCancelled: boolean): HostEnd {
  return {
    host,
    status: isCancelled ? 'cancelled' : 'skipped',
    error: undefined,
    undone: `${host} was not begun; nothing was changed${isCancelled ? '' : ': another Pi went wrong first'}.`,
  };
}

export function outcomeOf(ends: readonly HostEnd[], isAborted: boolean): InstallOutcome {
  const done = ends.filter(({ status }) => status === 'changed').length;
  const others = ends.filter(({ status }) => status !== 'changed');
  const isOnlyRefused =
    others.length > 0 && others.every(({ status }) => status === 'refused' || status === 'skipped');
  return {
    status:
      others.length === 0 ? 'ok' : isAborted ? 'cancelled' : isOnlyRefused ? 'refused' : 'failed',
    summary: `${done} of ${ends.length} Pi${ends.length === 1 ? '' : 's'} installed and proved${
      others.length === 0
        ? ''
        : `; not ${others.map(({ host, status }) => `${host} (${status})`).join(', ')}`
    }.`,
    undone: ends.flatMap(({ undone }) => undone ?? []),
    ends,
  };
}

function mustBeRead(plans: readonly InstallPlan[], read: readonly string[]): void {
  if (read.length === 0) return;
  const other = plans.find((plan) => !read.includes(digestOf(plan)));
  if (other === undefined) return;
  throw new RpiError(
    'install.plan-changed',
    `The plan for ${other.host} is no longer the one that was read.`,
    { remedy: 'Nothing was changed. Read the new plan, and start again with that one.' },
  );
}

/** Asks for the host's name. Throws `answer.refused` for any other text. */
export async function confirmWipe(plan: InstallPlan, context: ProjectContext): Promise<void> {
  const disks = plan.wiped.map(({ disk }) => disk).join(' and ');
  const answer = await context.ask({
    type: 'typed',
    text: `Erase ${disks} of ${plan.host} and install it anew?`,
    detail: [...plan.irreversible, ...plan.windows].join('\n'),
    expect: plan.host,
  });
  if (answer !== plan.host) {
    throw new RpiError('answer.refused', `The name of ${plan.host} was not typed.`, {
      remedy: 'Nothing was changed. Type the name exactly as it stands in the inventory.',
    });
  }
}
