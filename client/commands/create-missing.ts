import { relative, resolve, sep } from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { EditorCommand } from '../editor-command.ts';
import { inNotification } from './in-notification.ts';
import { plainText } from '../message.ts';
import { mayStart, pickProject } from '../target.ts';
import type { OpenProject } from '../open-project.ts';

/** Makes the files that the project is meant to have: all that are missing, or those of a node. */
export const createMissing: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const project = projectOf(app, args[0]) ?? (await pickProject(app, args));
  if (project === undefined) return;
  const only = pathsOf(args[0]).map((path) =>
    relative(project.root.fsPath, path).split(sep).join('/'),
  );
  const { exit, events } = await inNotification('Creating the missing parts', (tell, signal) =>
    app.rpi.inBackground({
      project,
      args: ['init', '--missing', ...only.flatMap((path) => ['--only', path])],
      signal,
      onEvent: (event) => {
        if (event.kind === 'file.changed') tell(event.path);
      },
    }),
  );
  const end = events.findLast((event) => event.kind === 'run.finished');
  app.projects.refresh();
  const made = events.flatMap((event) =>
    event.kind === 'file.changed' && event.action === 'created' ? [event.path] : [],
  );
  if (end?.status === 'cancelled') return;
  if (exit !== 0) {
    void vscode.window.showErrorMessage(
      plainText(end?.error?.message ?? end?.summary ?? `rpi init ended with ${exit}.`),
    );
    return;
  }
  const [first] = made;
  if (only.length > 0 && first !== undefined) {
    await vscode.window.showTextDocument(vscode.Uri.file(resolve(project.root.fsPath, first)));
    return;
  }
  vscode.window.setStatusBarMessage(end?.summary ?? 'Created.', 5000);
};

function projectOf(app: App, node: unknown): OpenProject | undefined {
  if (typeof node !== 'object' || node === null || !('project' in node)) return undefined;
  return app.projects.open().find((project) => project === node.project);
}

/** The path of a node of the Project view; nothing where the whole project is meant. */
function pathsOf(node: unknown): string[] {
  if (typeof node !== 'object' || node === null || !('part' in node) || !('path' in node))
    return [];
  return typeof node.path === 'string' ? [node.path] : [];
}
