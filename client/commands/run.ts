/** What is done with a run of the Runs view, whoever started it. */
import * as vscode from 'vscode';
import type { RunSummary } from '../../core/runs/run-summary.ts';
import type { App } from '../app.ts';
import type { EditorCommand } from '../commands.ts';
import { plainText } from '../message.ts';
import { nodesOf } from '../nodes.ts';
import type { OpenProject } from '../projects.ts';
import { mayStart, pickProject } from '../target.ts';
import { askQuestion, sendControl } from './answering.ts';
import { wordsToRepeat } from './repeat.ts';
import { confirmRotation } from './rotate-keys.ts';

type RunTarget = { readonly project: OpenProject; readonly run: RunSummary };

export const followRun: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const target = await pickRun(app, args, {
    title: 'Follow in Terminal',
    fits: () => true,
    none: 'Nothing has been run in this project yet.',
  });
  if (target === undefined) return;
  const { project, run } = target;
  await app.rpi.inTerminal({ project, args: ['runs', 'follow', run.id] });
};

export const cancelRun: EditorCommand = async (app, ...args) => {
  const target = await pickRun(app, args, {
    title: 'Cancel Run',
    fits: ({ state }) => state === 'live',
    none: 'No run is live.',
  });
  if (target === undefined) return;
  const { run } = target;
  const cancel = 'Cancel It';
  const chosen = await vscode.window.showWarningMessage(
    plainText(`Cancel ${run.command}?`),
    { modal: true, detail: 'It finishes what must not be left half-done and says what is undone.' },
    { title: cancel },
    { title: 'Let It Run', isCloseAffordance: true },
  );
  if (chosen?.title === cancel) await sendControl(run.id, { verb: 'cancel' });
};

export const answerRun: EditorCommand = async (app, ...args) => {
  const target = await pickRun(app, args, {
    title: 'Answer',
    fits: ({ question }) => question !== undefined,
    none: 'No run waits for an answer.',
  });
  const asked = target?.run.question;
  if (target === undefined || asked === undefined) return;
  const value = await askQuestion(asked.question);
  if (value === undefined) return; // it goes on waiting
  await sendControl(target.run.id, { verb: 'answer', id: asked.id, value });
};

export const rerun: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const target = await pickRun(app, args, {
    title: 'Run Again',
    fits: ({ state }) => state !== 'live',
    none: 'No run has ended yet.',
  });
  if (target === undefined) return;
  const { project, run } = target;
  const words = wordsToRepeat(run);
  if (words === undefined) {
    await vscode.window.showWarningMessage(
      plainText(
        `${run.command} was given values that are not kept in its journal (they may be secret). Start it from a terminal.`,
      ),
    );
    return;
  }
  // What reboots or wipes asks in its terminal; a rotation has no question there.
  if (
    run.command === 'access rotate' &&
    !(await confirmRotation(run.hosts.map(({ host }) => host)))
  )
    return;
  await app.rpi.inTerminal({ project, args: words, focus: true });
};

async function pickRun(
  app: App,
  args: readonly unknown[],
  options: {
    readonly title: string;
    readonly fits: (run: RunSummary) => boolean;
    readonly none: string;
  },
): Promise<RunTarget | undefined> {
  const [given] = nodesOf(args).filter((node) => node.kind === 'run');
  if (given !== undefined) {
    // What the view showed may be older than a moment: the run may have ended or asked since.
    const runs = await given.project.runs();
    const run = runs.find(({ id }) => id === given.run.id) ?? given.run;
    return { project: given.project, run };
  }
  const project = await pickProject(app, args);
  if (project === undefined) return undefined;
  const fitting = (await project.runs()).filter(options.fits);
  const [only] = fitting;
  if (only === undefined) {
    await vscode.window.showInformationMessage(plainText(options.none));
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    fitting.map((run) => ({
      label: run.command,
      description: new Date(run.startedAt).toLocaleString(),
      detail: run.question?.question.text ?? run.summary ?? run.state,
      run,
    })),
    { title: options.title, matchOnDetail: true },
  );
  return picked === undefined ? undefined : { project, run: picked.run };
}
