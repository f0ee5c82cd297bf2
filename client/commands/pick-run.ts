/** The run that a command works on: the node of the menu, else the one that is picked. */
import * as vscode from 'vscode';
import type { RunSummary } from '../../core/runs/run-summary.ts';
import type { App } from '../app.ts';
import { plainText } from '../message.ts';
import { nodesOf } from '../nodes.ts';
import type { OpenProject } from '../open-project.ts';
import { lookOfRun, titleOfRun } from '../runs/nodes.ts';
import { pickProject } from '../target.ts';

export type RunTarget = { readonly project: OpenProject; readonly run: RunSummary };

export async function pickRun(
  app: App,
  args: readonly unknown[],
  options: {
    readonly title: string;
    readonly fits: (run: RunSummary) => boolean;
    /** What is said where none fits. */
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
  if (fitting.length === 0) {
    await vscode.window.showInformationMessage(plainText(options.none));
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    fitting.map((run) => ({
      label: titleOfRun(run),
      description: `${lookOfRun(run).words} · ${new Date(run.startedAt).toLocaleString()}`,
      detail: run.question?.question.text ?? run.summary ?? '',
      run,
    })),
    {
      title: options.title,
      placeHolder: 'Which run?',
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  return picked === undefined ? undefined : { project, run: picked.run };
}
