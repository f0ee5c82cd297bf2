/** A terminal of the editor whose program is `rpi`. */
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { OpenProject } from '../open-project.ts';
import { programWords, rpiEnvironment } from '../rpi-task.ts';

/** The program is `rpi` itself: no shell that would read the words again. */
export async function openTerminal(
  app: App,
  project: OpenProject,
  terminal: { readonly name: string; readonly icon: string; readonly words: readonly string[] },
): Promise<void> {
  vscode.window
    .createTerminal({
      name: terminal.name,
      iconPath: new vscode.ThemeIcon(terminal.icon),
      shellPath: process.execPath,
      shellArgs: [...programWords(app.context, project), ...terminal.words],
      cwd: project.root,
      env: await rpiEnvironment(app.passwords, project),
      isTransient: true,
    })
    .show();
}
