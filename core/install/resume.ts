/** `rpi install resume` and `rollback`: from the record, and from the Pi itself. */
import { reportOf, RpiError } from '../errors.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { loadInventory } from '../inventory/load.ts';
import { selectNamed } from '../inventory/select.ts';
import type { EventBody } from '../runs/event.ts';
import { merge, type HostResult } from '../runs/merge.ts';
import type { ProjectContext } from '../runs/operation.ts';
import { BACKENDS } from './backends.ts';
import { cameBack } from './follow.ts';
import { finish } from './finish.ts';
import { finishedEvent, type HostEnd } from './host-end.ts';
import { locked } from './host-install.ts';
import { setUp } from './afterwards.ts';
import { installSystems, outcomeOf, type InstallOutcome, type InstallRequest } from './install.ts';
import {
  atItsAddress,
  isOpen,
  jobsOf,
  mayBeRestarted,
  noJob,
  saveJob,
  type Afterwards,
  type Job,
} from './job.ts';
import { openWatcher, type Watcher } from './look.ts';
import { refuseStray } from './preflight.ts';
import { cleanUp, tooLate } from './undo.ts';

const AT_ONCE = 16;

/**
 * Goes on where the run that installed `request.hosts` ended: follows what is under way and proves
 * it; what was not restarted yet is taken back and begun anew, with checks, plan and typed name.
 * Throws `install.no-job`, `inventory.*`, `input.invalid` for a `yesWipe` that is none of these
 * hosts, and what install throws.
 */
export async function* resume(
  request: InstallRequest,
  context: ProjectContext,
): AsyncGenerator<EventBody, InstallOutcome> {
  const { jobs, without } = await jobsOfHosts(request, context);
  refuseStray(request.yesWipe, [...jobs.map(({ host }) => host.name), ...without]);
  yield* leftOut(without);
  const watcher = await openWatcher(context);
  const again: string[] = [];
  const wanted = request.afterwards;
  const results = yield* merge(
    jobs.map(({ host, job }) => ({ host, job: withAfterwards(job, wanted) })),
    ({ host, job }) => resumeOne(host, job, watcher, context, () => again.push(host.name)),
    { limit: AT_ONCE, signal: context.signal },
  );
  const ends = endsOf(results).filter(({ host }) => !again.includes(host));
  if (again.length === 0 || context.signal.aborted) {
    return yield* setUp(outcomeOf(ends, context.signal.aborted), request, context);
  }
  const asked = jobs.flatMap(({ host, job }) =>
    again.includes(host.name) ? (job.afterwards ?? []) : [],
  );
  const afterwards = [...new Set([...wanted, ...asked])];
  // The others were named for the case that they, too, had to begin anew.
  const yesWipe = request.yesWipe.filter((name) => again.includes(name));
  const anew = { ...request, hosts: again.join(','), limit: undefined, yesWipe, afterwards };
  const begun = yield* installSystems(anew, context);
  const whole = outcomeOf([...ends, ...begun.ends], context.signal.aborted);
  const outcome =
    ends.length === 0 ? begun : begun.status === 'ok' ? whole : { ...whole, status: begun.status };
  return yield* setUp(outcome, request, context);
}

/** What is asked for now counts beside what was asked for then. */
function withAfterwards(job: Job, wanted: readonly Afterwards[]): Job {
  const all = [...new Set([...(job.afterwards ?? []), ...wanted])];
  return all.length === 0 ? job : { ...job, afterwards: all };
}

async function* resumeOne(
  host: InventoryHost,
  job: Job,
  watcher: Watcher,
  context: ProjectContext,
  beginAgain: () => void,
): AsyncGenerator<EventBody, HostEnd> {
  const { name } = host;
  yield { kind: 'host.started', host: name };
  const end = yield* locked(name, `rpi install resume ${name}`, context, async function* () {
    if (job.phase === 'undone') {
      yield { kind: 'log', level: 'info', host: name, text: 'it was taken back; it is begun anew' };
      beginAgain();
      return { host: name, status: 'skipped', error: undefined };
    }
    if (!isOpen(job)) {
      if (job.phase === 'proved') await saveJob(context.project, job);
      return nothingOpen(job);
    }
    const seen = await watcher.see(host, job, context.signal);
    const isGoingDown = wasJustToldTo(job, context);
    if (seen.type === 'old' && !isGoingDown && (!seen.restarted || !mayBeRestarted(job))) {
      await cleanUp(host, job, 'undone', 'taken back, to begin anew', watcher, context);
      yield {
        kind: 'log',
        level: 'info',
        host: name,
        text: 'it was not restarted yet: what was written is removed, and it is begun anew',
      };
      beginAgain();
      return { host: name, status: 'skipped', error: undefined };
    }
    if (!mayBeRestarted(job)) throw notThere(job);
    const progress = BACKENDS.find((each) => each.name === job.backend)?.progress;
    if (progress === undefined) throw new RpiError('run.internal', `No back-end ${job.backend}.`);
    const keep = async (changed: Job): Promise<Job> => {
      const kept = { ...changed, changed: new Date(context.clock.now()).toISOString() };
      await saveJob(context.project, kept);
      return kept;
    };
    // Whoever resumes wants to see it through: what is left of the time counts from now.
    const now = context.clock.now();
    const since = Date.parse(job.restarted ?? job.changed);
    const deadline = now - since + job.deadline;
    return yield* finish({ host, job: { ...job, deadline }, progress, watcher, keep, context });
  });
  if (!(end.status === 'skipped' && end.error === undefined)) yield finishedEvent(end);
  return end;
}

/** Milliseconds that a Pi may take to go down: until then its old system may still answer. */
const GOING_DOWN = 60_000;

function wasJustToldTo({ restarted }: Job, { clock }: ProjectContext): boolean {
  return restarted !== undefined && clock.now() - Date.parse(restarted) < GOING_DOWN;
}

/** It has come to its end, the good one or the other. */
function nothingOpen(job: Job): HostEnd {
  const { host, phase } = job;
  return phase === 'proved'
    ? { host, status: 'changed', error: undefined }
    : { host, status: 'failed', error: reportOf(cameBack(job, phase === 'not-kept')) };
}

function notThere(job: Job): RpiError {
  return new RpiError('ssh.unreachable', `${job.host} (${job.address}) does not answer.`, {
    remedy: `It was not restarted by rpi: switch it on, then: rpi install resume ${job.host}`,
  });
}

function goingDown({ host }: Job): RpiError {
  return new RpiError('install.too-late', `${host} was told to restart a moment ago.`, {
    remedy: `Wait a minute, then see who answers: rpi install status ${host}`,
  });
}

export type Named = { readonly hosts: string | undefined };

/** Takes back what can be: only where the old system runs. Throws `install.no-job`, `inventory.*`. */
export async function* rollback(
  { hosts }: Named,
  context: ProjectContext,
): AsyncGenerator<EventBody, InstallOutcome> {
  const { jobs, without } = await jobsOfHosts({ hosts, limit: undefined }, context);
  yield* leftOut(without);
  const watcher = await openWatcher(context);
  const results = yield* merge(jobs, ({ host, job }) => rollbackOne(host, job, watcher, context), {
    limit: AT_ONCE,
    signal: context.signal,
  });
  const outcome = outcomeOf(endsOf(results), context.signal.aborted);
  const done = outcome.ends.filter(({ status }) => status === 'changed').length;
  return { ...outcome, summary: `${done} of ${outcome.ends.length} taken back.` };
}

async function* rollbackOne(
  host: InventoryHost,
  job: Job,
  watcher: Watcher,
  context: ProjectContext,
): AsyncGenerator<EventBody, HostEnd> {
  const { name } = host;
  yield { kind: 'host.started', host: name };
  const end = yield* locked(name, `rpi install rollback ${name}`, context, async function* () {
    try {
      if (job.phase === 'proved') throw tooLate(job);
      if (isOpen(job) && wasJustToldTo(job, context)) throw goingDown(job);
      await cleanUp(host, job, 'undone', 'taken back by rpi install rollback', watcher, context);
      yield { kind: 'log', level: 'info', host: name, text: 'it starts its old system, as before' };
      return { host: name, status: 'changed' as const, error: undefined };
    } catch (error) {
      if (!RpiError.is(error) || RpiError.is(error, 'run.internal')) throw error;
      const status = RpiError.is(error, 'install.too-late', 'install.job-lost');
      return { host: name, status: status ? 'refused' : 'failed', error: reportOf(error) };
    }
  });
  const summary = end.error?.message ?? 'taken back; the old system stays';
  const event = finishedEvent(end);
  yield event.kind === 'host.finished' ? { ...event, summary } : event;
  return end;
}

type HostJob = { readonly host: InventoryHost; readonly job: Job };

/** Of the hosts that are named, those that were installed from here. Throws `install.no-job` where none was. */
async function jobsOfHosts(
  named: Named & { readonly limit: string | undefined },
  { project, env, signal }: ProjectContext,
): Promise<{ readonly jobs: readonly HostJob[]; readonly without: readonly string[] }> {
  const inventory = await loadInventory(project, { env, signal });
  const jobs: HostJob[] = [];
  const without: string[] = [];
  for (const host of selectNamed(inventory, named)) {
    const [job] = await jobsOf(project, host.name);
    if (job === undefined) without.push(host.name);
    else jobs.push({ host, job: atItsAddress(job, host) });
  }
  if (jobs.length === 0) throw noJob(without);
  return { jobs, without };
}

function* leftOut(hosts: readonly string[]): Generator<EventBody> {
  for (const host of hosts) {
    const text = 'it was not installed from here, and is left out';
    yield { kind: 'log', level: 'warn', host, text };
  }
}

function endsOf(results: readonly HostResult<HostJob, HostEnd>[]): HostEnd[] {
  return results.map((result): HostEnd => {
    if (result.ok) return result.value;
    if (!RpiError.is(result.error) || RpiError.is(result.error, 'run.internal')) throw result.error;
    return { host: result.host.host.name, status: 'failed', error: reportOf(result.error) };
  });
}
