import * as vscode from 'vscode';
import type { EditorCommand } from '../editor-command.ts';
import { plainText } from '../message.ts';
import { mayStart, pickProject } from '../target.ts';

/** In a process of its own, which goes on when the window is closed. */
export const startMonitor: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const project = await pickProject(app, args);
  if (project === undefined) return;
  const { startMonitor: start } = await import('../monitor/start.ts');
  const isNew = await start(app, project);
  void vscode.window.showInformationMessage(
    plainText(
      isNew
        ? `The monitor of ${project.label} watches, and goes on when this window is closed. To end it, cancel its run in Runs.`
        : `A monitor watches ${project.label} already.`,
    ),
  );
};
