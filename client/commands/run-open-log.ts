import * as vscode from 'vscode';
import type { EditorCommand } from '../editor-command.ts';
import { logUri } from '../runs/log.ts';
import { pickRun } from './pick-run.ts';

/** The log of a run, which goes on as long as the run lives. */
export const runOpenLog: EditorCommand = async (app, ...args) => {
  const target = await pickRun(app, args, {
    title: 'Open Log',
    fits: () => true,
    none: 'Nothing has been run in this project yet.',
  });
  if (target === undefined) return;
  const { project, run } = target;
  const document = await vscode.workspace.openTextDocument(logUri(project, run));
  const editor = await vscode.window.showTextDocument(document, { preview: true });
  if (run.state === 'live') {
    editor.revealRange(document.lineAt(document.lineCount - 1).range);
  }
};
