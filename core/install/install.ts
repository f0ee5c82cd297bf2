/** `rpi install`: preflight, plan, the typed name of each Pi, then one after the other or several at once. */
import { RpiError } from '../errors.ts';
import type { EventBody } from '../runs/event.ts';
import { merge } from '../runs/merge.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import { finishedEvent, installHost, type HostEnd, type ReadyHost } from './host-install.ts';
import { openWatcher, type Watcher } from './look.ts';
import { digestOf, planInstall, type InstallPlan, type PlanOutcome } from './plan.ts';
import type { PreflightInput } from './preflight.ts';

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
};

export type InstallOutcome = Outcome & { readonly ends: readonly HostEnd[] };

/**
 * Ends before anything is changed with the plan in a dry run, `refused` where a check refuses.
 * Throws `answer.refused` for a wrong name, `input.invalid` for a `yesWipe` that is no host of the
 * run, `install.plan-changed` for a plan that is none of those that were read, and what
 * planInstall throws. What happens to a Pi is its end in the outcome.
 */
export async function* install(
  request: InstallRequest,
  context: ProjectContext,
): AsyncGenerator<EventBody, InstallOutcome> {
  const planned = yield* planInstall(request, context);
  const names = planned.hosts.map(({ host }) => host.name);
  const stray = request.yesWipe.find((name) => !names.includes(name));
  if (stray !== undefined && planned.status !== 'cancelled') {
    throw new RpiError(
      'input.invalid',
      `--yes-wipe names ${stray}, which is not to be installed.`,
      {
        remedy: `It takes the exact name of a host, once for each: ${names.join(', ')}.`,
      },
    );
  }
  if (planned.status === 'refused') {
    const summary = `${planned.summary} Nothing was changed on any of them.`;
    return { ...planned, summary, ends: [] };
  }
  if (planned.status !== 'ok') return { ...planned, ends: [] };
  mustBeRead(planned.plans, request.plans);
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
  { canary, parallel, deadline }: InstallRequest,
  context: ProjectContext,
): AsyncGenerator<EventBody, InstallOutcome> {
  const ready = planned.hosts.filter((each): each is ReadyHost => each.verdict === 'ready');
  const watcher = await openWatcher(context);
  const first = ready.length > 1 ? Math.min(canary, ready.length) : 0;
  const waves = [
    { hosts: ready.slice(0, first), limit: 1 },
    { hosts: ready.slice(first), limit: parallel },
  ];
  const halt = new AbortController();
  const ends: HostEnd[] = [];
  for (const { hosts, limit } of waves) {
    const results = yield* merge(
      hosts,
      (checked) => carryOut(checked, planned.plans, deadline, watcher, halt, context),
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

async function* carryOut(
  checked: ReadyHost,
  plans: readonly InstallPlan[],
  deadline: number,
  watcher: Watcher,
  halt: AbortController,
  context: ProjectContext,
): AsyncGenerator<EventBody, HostEnd> {
  const plan = plans.find(({ host }) => host === checked.host.name);
  if (plan === undefined) throw new RpiError('run.internal', 'A host without a plan.');
  const end = yield* installHost({ checked, plan, deadline }, watcher, context);
  if (end.status !== 'changed') halt.abort();
  return end;
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
