/** The project of the folder that is open, its files, and the person who chooses. */
import type { OpenProject } from '../../../client/open-project.ts';
import { createProjects } from '../../../client/projects.ts';
import * as vscode from 'vscode';
import { activated, folder, until } from './extension.ts';

export const INVENTORY = 'inventory/hosts.yml';

/** The project as its views read it, anew. */
export async function withProject(test: (project: OpenProject) => Promise<void>): Promise<void> {
  await activated();
  const log = vscode.window.createOutputChannel('tests of a project', { log: true });
  const projects = createProjects(log);
  try {
    await projects.loaded;
    const [project] = projects.open();
    if (project === undefined) throw new Error('no project was found');
    await test(project);
  } finally {
    projects.dispose();
    log.dispose();
  }
}

/**
 * As withProject, with other files than the folder has; it is as before afterwards. They are there
 * before the project is first read.
 */
export async function withFiles(
  files: Readonly<Record<string, string>>,
  test: (project: OpenProject) => Promise<void>,
): Promise<void> {
  await activated();
  const before = new Map<string, string | undefined>();
  for (const [path, text] of Object.entries(files)) {
    before.set(path, await read(path).catch(() => undefined));
    await write(path, text);
  }
  try {
    await withProject(test);
  } finally {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const [path, text] of before) {
      if (text === undefined) await vscode.workspace.fs.delete(at(path));
      else await write(path, text);
    }
  }
}

export function at(path: string): vscode.Uri {
  return vscode.Uri.joinPath(folder().uri, path);
}

/** What is on the disk. */
export async function read(path: string): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(at(path)));
}

export async function write(path: string, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(at(path), new TextEncoder().encode(text));
}

/** An editor on a file, with the keyboard in it, once it shows what is on the disk. */
export async function edit(path: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument(at(path));
  // A file that was open a moment ago may still be in the editor's memory, as it was then.
  await until(async () => document.isDirty || document.getText() === (await read(path)));
  return vscode.window.showTextDocument(document);
}

/**
 * Takes the first entry of every list that is asked while the work is under way, and closes every
 * notification.
 */
export async function choosingFirst<Result>(work: Thenable<Result>): Promise<Result> {
  let isOver = false;
  const done = Promise.resolve(work).finally(() => {
    isOver = true;
  });
  const hasEnded = (): boolean => isOver;
  while (!hasEnded()) {
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    await vscode.commands.executeCommand('notifications.clearAll');
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 100))]);
  }
  return done;
}
