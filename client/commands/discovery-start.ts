import * as vscode from 'vscode';
import type { EditorCommand } from '../editor-command.ts';
import { mayStart } from '../target.ts';

/** Also brings the view to the front: discovery only runs while that is visible. */
export const startDiscovery: EditorCommand = async (app) => {
  if (!(await mayStart(app))) return;
  app.discovery.start();
  await vscode.commands.executeCommand('rpi.fleet.focus');
};
