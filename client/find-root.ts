/** Where the project of an open folder is. */
import * as vscode from 'vscode';
import { leastDeep } from './labels.ts';

/** A folder with more of them is no project, but a collection of some. */
const MOST = 100;

/** The folder itself if it has an rpi.yml, else the one below it that is least deep. */
export async function findRoot(folder: vscode.Uri): Promise<vscode.Uri | undefined> {
  if (folder.scheme !== 'file') return undefined;
  if (await isProjectRoot(folder)) return folder;
  const found = await vscode.workspace.findFiles(
    new vscode.RelativePattern(folder, '**/rpi.yml'),
    '**/{node_modules,.rpi,.git}/**',
    MOST,
  );
  const path = leastDeep(found.map((uri) => uri.path));
  return path === undefined ? undefined : vscode.Uri.joinPath(folder.with({ path }), '..');
}

/** Whether there is an rpi.yml right in the folder. */
export async function isProjectRoot(folder: vscode.Uri): Promise<boolean> {
  const uri = vscode.Uri.joinPath(folder, 'rpi.yml');
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
  } catch {
    return false;
  }
}
