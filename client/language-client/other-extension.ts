/** What is left to the Ansible extension (redhat.ansible) where it is there. */
import * as vscode from 'vscode';

const OTHER = 'redhat.ansible';

/** Whether the other one completes modules and tells of them. */
export function leavesModules(): boolean {
  const setting = vscode.workspace
    .getConfiguration('rpi')
    .get<string>('ansible.completion', 'auto');
  if (setting === 'always') return false;
  return setting === 'never' || vscode.extensions.getExtension(OTHER) !== undefined;
}

/** Calls back when that is otherwise than before. */
export function onLeavesModules(changed: (leaves: boolean) => void): vscode.Disposable {
  let before = leavesModules();
  const look = (): void => {
    const now = leavesModules();
    if (now !== before) changed(now);
    before = now;
  };
  return vscode.Disposable.from(
    vscode.extensions.onDidChange(look),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('rpi.ansible.completion')) look();
    }),
  );
}
