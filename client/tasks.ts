/** The `rpi` task type: our bundled `rpi` on the editor's own Node, arguments as an array. */
import * as vscode from 'vscode';
import type { App } from './app.ts';
import type { OpenProject } from './open-project.ts';
import { OFFERED, projectOfTask, taskGroup, taskName, wordsOf } from './task-definition.ts';

const GROUPS = { build: vscode.TaskGroup.Build, test: vscode.TaskGroup.Test } as const;

/** Our own tasks are scanned by no matcher: a failing task's place is read from the journal. */
const NO_MATCHERS: string[] = [];

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

/**
 * A task that is ready to be run; undefined when its definition is wrong, which is logged: the
 * editor itself says that the task could not be resolved.
 */
export async function rpiTask(
  app: Pick<App, 'context' | 'log' | 'passwords'>,
  definition: vscode.TaskDefinition,
  project: OpenProject | undefined,
  place: {
    readonly scope: vscode.WorkspaceFolder | vscode.TaskScope.Workspace;
    readonly cwd: vscode.Uri;
  },
): Promise<vscode.Task | undefined> {
  const read = wordsOf(definition);
  if ('fault' in read) {
    app.log.error(read.fault);
    return undefined;
  }
  const { words } = read;
  const execution = new vscode.ProcessExecution(
    process.execPath,
    [...programWords(app.context, project), ...words],
    { cwd: place.cwd.fsPath, env: await rpiEnvironment(app, project) },
  );
  const task = new vscode.Task(
    definition,
    place.scope,
    taskName(words),
    'rpi',
    execution,
    NO_MATCHERS,
  );
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    showReuseMessage: false,
  };
  const group = taskGroup(words[0] ?? '');
  if (group !== undefined) task.group = GROUPS[group];
  return task;
}

/** What follows the editor's Node: the bundled program, and the project by name. */
export function programWords(
  context: vscode.ExtensionContext,
  project: OpenProject | undefined,
): string[] {
  const program = vscode.Uri.joinPath(context.extensionUri, 'dist', 'rpi.js').fsPath;
  return [program, ...(project === undefined ? [] : ['--project', project.root.fsPath])];
}

/** What an `rpi` that we start finds in its environment, beside the editor's own. */
export async function rpiEnvironment(
  app: Pick<App, 'passwords'>,
  project: OpenProject | undefined,
): Promise<Record<string, string>> {
  const ansible = vscode.workspace
    .getConfiguration('rpi', project?.root)
    .get<string>('ansible.path', '');
  return {
    ELECTRON_RUN_AS_NODE: '1',
    ...(ansible === '' ? {} : { RPI_ANSIBLE: ansible }),
    ...(await app.passwords.environment(project)),
  };
}
