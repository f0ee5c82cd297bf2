/** The `rpi` task type: our bundled `rpi` on the editor's own Node, arguments as an array. */
import * as vscode from 'vscode';
import type { OpenProject } from './open-project.ts';
import type { Passwords } from './passwords.ts';
import { taskGroup, taskName, wordsOf } from './task-definition.ts';

/** What a task of ours is made with. */
export type TaskParts = {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly passwords: Passwords;
};

const GROUPS = { build: vscode.TaskGroup.Build, test: vscode.TaskGroup.Test } as const;

/** Our own tasks are scanned by no matcher: a failing task's place is read from the journal. */
const NO_MATCHERS: string[] = [];

/**
 * A task that is ready to be run; undefined when its definition is wrong, which is logged: the
 * editor itself says that the task could not be resolved.
 */
export async function rpiTask(
  parts: TaskParts,
  definition: vscode.TaskDefinition,
  project: OpenProject | undefined,
  place: {
    readonly scope: vscode.WorkspaceFolder | vscode.TaskScope.Workspace;
    readonly cwd: vscode.Uri;
  },
): Promise<vscode.Task | undefined> {
  const read = wordsOf(definition);
  if ('fault' in read) {
    parts.log.error(read.fault);
    return undefined;
  }
  const { words } = read;
  const execution = new vscode.ProcessExecution(
    process.execPath,
    [...programWords(parts.context, project), ...words],
    { cwd: place.cwd.fsPath, env: await rpiEnvironment(parts.passwords, project) },
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
  passwords: Passwords | undefined,
  project: OpenProject | undefined,
): Promise<Record<string, string>> {
  const ansible = vscode.workspace
    .getConfiguration('rpi', project?.root)
    .get<string>('ansible.path', '');
  return {
    ELECTRON_RUN_AS_NODE: '1',
    ...(ansible === '' ? {} : { RPI_ANSIBLE: ansible }),
    ...(await passwords?.environment(project)),
  };
}
