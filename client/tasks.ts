/** The tasks that the editor offers and resolves: one of the `rpi` type for each project. */
import * as vscode from 'vscode';
import type { App } from './app.ts';
import type { OpenProject } from './open-project.ts';
import { rpiTask } from './rpi-task.ts';
import { OFFERED, projectOfTask } from './task-definition.ts';

/** Tasks of every open project; without a trusted folder there are none. */
export function createTaskProvider(app: App): vscode.TaskProvider {
  return {
    provideTasks: async () => {
      if (!vscode.workspace.isTrusted) return [];
      await app.projects.loaded;
      const projects = await Promise.all(
        app.projects.open().map((project) =>
          Promise.all(
            OFFERED.map((definition) =>
              rpiTask(app, { ...definition }, project, {
                scope: project.folder,
                cwd: project.root,
              }),
            ),
          ),
        ),
      );
      return projects.flat().filter((task) => task !== undefined);
    },
    resolveTask: async ({ definition, scope }) => {
      if (!vscode.workspace.isTrusted) return undefined;
      await app.projects.loaded;
      const isOfFolder = typeof scope === 'object';
      const of = isOfFolder
        ? { project: projectOf(app, scope) }
        : projectOfTask(definition, app.projects.open());
      if ('fault' in of) {
        app.log.error(of.fault);
        return undefined;
      }
      const [first] = vscode.workspace.workspaceFolders ?? [];
      const folder = isOfFolder ? scope : (of.project?.folder ?? first);
      if (folder === undefined) return undefined;
      // The editor insists on the very definition object that it gave.
      return rpiTask(app, definition, of.project, {
        scope: isOfFolder ? folder : vscode.TaskScope.Workspace,
        cwd: of.project?.root ?? folder.uri,
      });
    },
  };
}

function projectOf(app: App, folder: vscode.WorkspaceFolder): OpenProject | undefined {
  return app.projects
    .open()
    .find((project) => project.folder.uri.toString() === folder.uri.toString());
}
