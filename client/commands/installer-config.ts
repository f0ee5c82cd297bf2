/** What the lenses of an installer-config.txt start: they are about the project that installs by it. */
import * as vscode from 'vscode';
import { join } from 'node:path';
import type { App } from '../app.ts';
import type { EditorCommand } from '../editor-command.ts';
import { plainText } from '../message.ts';
import type { ProjectNode } from '../nodes.ts';
import { startOn } from './on-hosts.ts';

/** `args`: the document's address from the lens; from the palette the project is found as ever. */
export const verifyRepository: EditorCommand = async (app, ...args) => {
  const from = await projectOfConfig(app, args);
  if (from === undefined) return;
  const options = { title: 'Verify Repository' };
  const target = await startOn(app, from.nodes, options);
  if (target === undefined) return;
  await app.rpi.inTerminal({
    project: target.project,
    args: ['create', 'verify', ...target.limit],
  });
};

/**
 * The project of the document that a lens gives, with what was typed saved; the arguments as they
 * are where no lens gave them; undefined, with a message, where the project installs by another file.
 */
export async function projectOfConfig(
  app: App,
  args: readonly unknown[],
): Promise<{ readonly nodes: readonly unknown[] } | undefined> {
  const [address] = args;
  if (typeof address !== 'string') return { nodes: args };
  const uri = vscode.Uri.parse(address, true);
  await app.projects.loaded;
  const project = app.projects.of(uri);
  if (project === undefined) {
    return refuse('This file is in no project: there is no rpi.yml in its folder or above it.');
  }
  const read = await project.project();
  if (read === undefined) return refuse('rpi.yml can’t be read; its problems say why.');
  const { config } = read.config.create;
  const used = vscode.Uri.file(join(project.root.fsPath, config));
  if (used.fsPath !== uri.fsPath) {
    return refuse(
      `This project installs by ${config} (create.config in rpi.yml), not by this file.`,
    );
  }
  // What is installed is what is on the disk.
  const document = vscode.workspace.textDocuments.find((each) => each.uri.fsPath === uri.fsPath);
  if (document?.isDirty === true && !(await document.save())) {
    return refuse('This file could not be saved, so nothing was started.');
  }
  const node: ProjectNode = { kind: 'project', project };
  return { nodes: [node] };
}

async function refuse(why: string): Promise<undefined> {
  await vscode.window.showWarningMessage(plainText(why));
  return undefined;
}
