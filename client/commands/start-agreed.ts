/** Starts a run in a terminal and gives it the one answer that a dialog has got already. */
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { projectState } from '../../core/project/paths.ts';
import type { Event } from '../../core/runs/event.ts';
import type { App } from '../app.ts';
import type { OpenProject } from '../open-project.ts';
import { agreedAnswer, type Agreement } from './agreement.ts';
import { sendControl } from './answering.ts';

/** Milliseconds between two looks for the journal of a run that has only just been started. */
const LOOK = 200;

/** Resolves when it is started. What the agreement is not about is asked in the terminal. */
export async function startAgreed(
  app: Pick<App, 'rpi' | 'log'>,
  request: { readonly project: OpenProject; readonly args: readonly string[] },
  agreement: Agreement,
): Promise<void> {
  const began = Date.now();
  const processes = followProcesses();
  try {
    const execution = await app.rpi.inTerminal({ ...request, focus: true });
    void (async () => {
      const events = eventsOf(request.project, processes.of(execution), began);
      const answer = await agreedAnswer(events, agreement);
      if (answer === undefined) return;
      const { run, id, value } = answer;
      await sendControl(run, { verb: 'answer', id, value });
    })()
      // The question then stands in the terminal, and goes on waiting there.
      .catch((error: unknown) => app.log.warn('The agreement reached no run:', String(error)))
      .finally(() => {
        processes.dispose();
      });
  } catch (error) {
    processes.dispose();
    throw error;
  }
}

type TaskProcess = { readonly pid: () => number | undefined; readonly ended: AbortSignal };

/** Listens from before a task is started: a short one may have ended when its start is told. */
function followProcesses(): {
  readonly of: (execution: vscode.TaskExecution) => TaskProcess;
  readonly dispose: () => void;
} {
  const pids = new Map<vscode.TaskExecution, number>();
  const ends = new Map<vscode.TaskExecution, AbortController>();
  const endOf = (execution: vscode.TaskExecution): AbortController => {
    const known = ends.get(execution) ?? new AbortController();
    ends.set(execution, known);
    return known;
  };
  const listening = vscode.Disposable.from(
    vscode.tasks.onDidStartTaskProcess(({ execution, processId }) => {
      pids.set(execution, processId);
    }),
    vscode.tasks.onDidEndTask(({ execution }) => {
      endOf(execution).abort();
    }),
  );
  return {
    of: (execution) => ({ pid: () => pids.get(execution), ended: endOf(execution).signal }),
    dispose: () => {
      listening.dispose();
    },
  };
}

/** The journal of the run that the process is, from its beginning to its end. */
async function* eventsOf(
  project: OpenProject,
  { pid, ended }: TaskProcess,
  since: number,
): AsyncGenerator<Event> {
  const [{ journalOfProcess }, { followRun }, { systemClock }] = await Promise.all([
    import('../../core/runs/journal-of-process.ts'),
    import('../../core/runs/reader.ts'),
    import('../../core/runs/clock.ts'),
  ]);
  const { runs } = projectState(project.root.fsPath);
  while (!ended.aborted) {
    const own = pid();
    const path = own === undefined ? undefined : await journalOfProcess(runs, own, since);
    if (path !== undefined) {
      yield* followRun(path, { signal: ended, clock: systemClock });
      return;
    }
    await delay(LOOK);
  }
}
