import * as vscode from 'vscode';
import type { EditorCommand } from '../commands.ts';
import { nodesOf, type RunNode } from '../nodes.ts';
import { logUri } from '../runs/log.ts';
import { lookOfRun, titleOfRun } from '../runs/nodes.ts';
import { pickProject } from '../target.ts';

/** The log of a run, which goes on as long as the run lives. */
export const runOpenLog: EditorCommand = async (app, ...args) => {
  const node = nodesOf(args).find(({ kind }) => kind === 'run');
  const run = node?.kind === 'run' ? node : await pickRun(app, args);
  if (run === undefined) return;
  const document = await vscode.workspace.openTextDocument(logUri(run.project, run.run));
  const editor = await vscode.window.showTextDocument(document, { preview: true });
  if (run.run.state === 'live') {
    const end = document.lineAt(document.lineCount - 1).range;
    editor.revealRange(end);
  }
};

async function pickRun(
  app: Parameters<EditorCommand>[0],
  args: readonly unknown[],
): Promise<Pick<RunNode, 'project' | 'run'> | undefined> {
  const project = await pickProject(app, args);
  const runs = (await project?.runs()) ?? [];
  const items = runs.map((run) => ({
    label: titleOfRun(run),
    description: lookOfRun(run).words,
    detail: new Date(run.startedAt).toLocaleString(),
    run,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Open Log',
    placeHolder: items.length === 0 ? 'Nothing has been run yet.' : 'Which run?',
    matchOnDescription: true,
  });
  return project === undefined || picked === undefined ? undefined : { project, run: picked.run };
}
