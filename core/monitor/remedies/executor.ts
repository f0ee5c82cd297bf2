/**
 * Carries out what was decided: each remedy is a run of its own. What is intended is on the disk
 * before it is begun and what came of it after it, so that a monitor that is killed at any moment
 * knows the next time what it had in hand.
 */
import { reportOf, RpiError } from '../../errors.ts';
import { lockedFor } from '../../files/lock.ts';
import { jobsOf, isOpen } from '../../install/job.ts';
import { socketFolder } from '../../project/paths.ts';
import type { Event } from '../../runs/event.ts';
import { journalPath, newRunId } from '../../runs/journal.ts';
import type { ProjectContext } from '../../runs/operation.ts';
import { readRun } from '../../runs/reader.ts';
import { startRun, type Run } from '../../runs/runner.ts';
import type { Outcome } from '../../runs/operation.ts';
import type { Decider } from '../daemon/decider.ts';
import { mayBegin } from '../decisions/decide.ts';
import { beginRemedy, endRemedy, orphanedActs, pendingActs } from '../decisions/proposals.ts';
import type { Act } from '../decisions/state.ts';
import { endOfRun, endOfUntold, type RemedyEnd } from './ends.ts';
import { resumedReinstall, workOf, type RemedyWork } from './remedies.ts';

export type Executor = AsyncDisposable & {
  /** Once after every look. Throws `file.*` where the journal can't be written; nothing is begun then. */
  readonly work: () => Promise<void>;
};

/** Before the first look: tells what became of what an earlier process had begun. Throws `file.*`. */
export async function startExecutor(decider: Decider, context: ProjectContext): Promise<Executor> {
  const { project, clock, env } = context;
  const underWay = new Map<string, { readonly cancel: () => void; readonly done: Promise<void> }>();
  /** Ends that could not be written yet: until they are, nothing else is done to those Pis. */
  const untold = new Map<string, RemedyEnd>();

  const write = (): void => {
    for (const [id, end] of untold) {
      decider.change((state) => endRemedy(state, id, { ...end, at: clock.now() }));
      untold.delete(id);
    }
  };
  const ended = (id: string, end: RemedyEnd): void => {
    underWay.delete(id);
    untold.set(id, end);
    try {
      write();
    } catch (error) {
      // Written after the next look, which says what is wrong with the journal.
      if (!RpiError.is(error)) throw error;
    }
  };
  const start = ({ id, remedy }: Act, work: RemedyWork, runId: string): void => {
    let run: Run<Outcome>;
    try {
      run = startRun({
        id: runId,
        command: `monitor ${remedy}`,
        args: work.args,
        operation: (of) => work.operation({ ...of, project }),
        runs: project.runs,
        socketFolder: socketFolder(env),
        project: project.root,
        dryRun: false,
        env,
        clock,
        // Nobody sits here: what asks for more than was approved ends.
        answerer: () => Promise.resolve(undefined),
      });
    } catch (error) {
      ended(id, { status: 'failed', summary: reportOf(error).message });
      return;
    }
    const done = run.end.then(
      async ({ finished }) => ended(id, endOfRun(finished, await eventsOf(run.journal))),
      (error: unknown) => ended(id, endOfUntold(runId, reportOf(error).message)),
    );
    underWay.set(id, { cancel: run.cancel, done });
  };
  const begin = async (act: Act): Promise<void> => {
    const { id, host, remedy } = act;
    const busy = await lockedFor(project.locks, `host ${host}`);
    const last = decider.last();
    if (last === undefined) return;
    const runId = newRunId(`monitor ${remedy}`, clock.now());
    const { held, rung } = mayBegin(decider.state(), act, last.tick, last.policy);
    const records = decider.change((state) =>
      beginRemedy(state, id, clock.now(), {
        held: [...held, ...(busy === undefined ? [] : [`${busy} is at work on it`])],
        run: runId,
      }),
    );
    const isBegun = records.some(({ kind }) => kind === 'remedy.started');
    if (isBegun && rung !== undefined) start(act, workOf(rung, host), runId);
  };
  const recover = async (act: Act): Promise<void> => {
    const { id, host, remedy, run: runId } = act;
    const run =
      runId === undefined
        ? undefined
        : await readRun(journalPath(project.runs, runId)).catch(() => undefined);
    if (run?.finished !== undefined) {
      ended(id, endOfRun(run.finished, run.events));
      return;
    }
    const [job] = remedy === 'reinstall' && run !== undefined ? await jobsOf(project, host) : [];
    if (job !== undefined && isOpen(job) && job.started >= (run?.started.at ?? '')) {
      start(act, resumedReinstall(host), newRunId(`monitor ${remedy}`, clock.now()));
      return;
    }
    const intended = run?.events.findLast(({ kind }) => kind === 'step.intended');
    const what = intended?.kind === 'step.intended' ? intended.what : undefined;
    const summary =
      what === undefined
        ? 'The monitor ended before anything was done.'
        : `The monitor ended while it was under way (${what}): it was done, or may have been.`;
    ended(id, { status: 'interrupted', summary, ...(runId === undefined ? {} : { run: runId }) });
  };

  for (const act of orphanedActs(decider.known())) await recover(act);
  return {
    work: async () => {
      write();
      for (const act of pendingActs(decider.known())) await begin(act);
    },
    [Symbol.asyncDispose]: async () => {
      const all = [...underWay.values()];
      for (const { cancel } of all) cancel();
      await Promise.allSettled(all.map(({ done }) => done));
    },
  };
}

/** What a run told; nothing where its journal can't be read. */
async function eventsOf(journal: string): Promise<readonly Event[]> {
  return readRun(journal).then(
    ({ events }) => events,
    () => [],
  );
}
