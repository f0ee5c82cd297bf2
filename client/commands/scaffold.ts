import * as vscode from 'vscode';
import type { EditorCommand } from '../editor-command.ts';
import { plainText } from '../message.ts';
import { mayStart } from '../target.ts';

/** `rpi init` in a folder of the window or another; then shows what was made. */
export const scaffold: EditorCommand = async (app) => {
  if (!(await mayStart(app))) return;
  const folder = await pickFolder(app.projects.open().map(({ folder: known }) => known));
  if (folder === undefined) return;
  const exit = await app.rpi.untilEnd({
    project: undefined,
    args: ['init', folder.fsPath],
    cwd: folder,
  });
  if (exit !== 0) return; // the terminal says why
  const isOpen = vscode.workspace.getWorkspaceFolder(folder) !== undefined;
  if (!isOpen) {
    const open = 'Open It';
    const chosen = await vscode.window.showInformationMessage(
      plainText(`The project stands in ${folder.fsPath}.`),
      open,
    );
    if (chosen === open) await vscode.commands.executeCommand('vscode.openFolder', folder);
    return;
  }
  app.projects.refresh();
  await vscode.window.showTextDocument(vscode.Uri.joinPath(folder, 'rpi.yml'));
  await showReadme(folder);
};

async function showReadme(folder: vscode.Uri): Promise<void> {
  const readme = vscode.Uri.joinPath(folder, 'README.md');
  try {
    await vscode.workspace.fs.stat(readme);
    await vscode.commands.executeCommand('markdown.showPreviewToSide', readme);
  } catch {
    // A folder that was a project before may have no README; then rpi.yml is enough.
  }
}

/** Folders that have a project already are not offered again first. */
async function pickFolder(
  known: readonly vscode.WorkspaceFolder[],
): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const fresh = folders.filter(
    ({ uri }) => !known.some((folder) => folder.uri.toString() === uri.toString()),
  );
  const [only] = fresh;
  if (only !== undefined && folders.length === 1) return only.uri;
  const other = { label: 'Another Folder…', description: 'chosen or made on the disk' };
  const picked = await vscode.window.showQuickPick(
    [
      ...fresh.map(({ name, uri }) => ({ label: name, description: uri.fsPath, uri })),
      { ...other, uri: undefined },
    ],
    { title: 'Scaffold Project', placeHolder: 'Where? Nothing that is there is overwritten.' },
  );
  if (picked === undefined) return undefined;
  if (picked.uri !== undefined) return picked.uri;
  const [chosen] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      title: 'Scaffold Project',
      openLabel: 'Scaffold Here',
    })) ?? [];
  return chosen;
}
