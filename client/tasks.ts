/** The `rpi` task type: our bundled `rpi` on the editor's own Node, arguments as an array. */
import * as vscode from 'vscode';

/** Tasks that are offered without a tasks.json. */
const OFFERED = [
  { command: 'detect', args: [] },
  { command: 'provision', args: [] },
  { command: 'deploy', args: [] },
  { command: 'monitor', args: ['--once'] },
] as const;

export function createTaskProvider(extension: vscode.Uri): vscode.TaskProvider {
  return {
    provideTasks: () =>
      (vscode.workspace.workspaceFolders ?? []).flatMap((folder) =>
        OFFERED.map(({ command, args }) =>
          rpiTask(extension, { type: 'rpi', command, args: [...args] }, folder),
        ),
      ),
    resolveTask: (task) => {
      const scope = task.scope;
      return typeof scope === 'object' ? rpiTask(extension, task.definition, scope) : undefined;
    },
  };
}

function rpiTask(
  extension: vscode.Uri,
  definition: vscode.TaskDefinition,
  folder: vscode.WorkspaceFolder,
): vscode.Task {
  const command = String(definition['command']);
  const args: unknown = definition['args'];
  const words = Array.isArray(args) ? args.map(String) : [];
  const program = vscode.Uri.joinPath(extension, 'dist', 'rpi.js').fsPath;
  const execution = new vscode.ProcessExecution(process.execPath, [program, command, ...words], {
    cwd: folder.uri.fsPath,
    env: { ELECTRON_RUN_AS_NODE: '1' },
  });
  return new vscode.Task(definition, folder, [command, ...words].join(' '), 'rpi', execution);
}
