/** The extension under test, as the editor knows it. */
import * as vscode from 'vscode';

const ID = 'raspberry-pi-orchestration.raspberry-pi-orchestration';

export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension(ID);
  if (found === undefined) throw new Error(`${ID} is not installed`);
  return found;
}

/** Resolves once it is active. */
export async function activated(): Promise<vscode.Extension<unknown>> {
  const found = extension();
  await found.activate();
  return found;
}

/** The folder that is open. */
export function folder(): vscode.WorkspaceFolder {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  if (first === undefined) throw new Error('no folder is open');
  return first;
}

/** Waits for what comes by itself, such as a file watcher’s news. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`never: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
