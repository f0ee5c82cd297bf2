/** Ansible's control node can't be Windows: it runs in WSL or on another machine. */
import * as vscode from 'vscode';
import { plainText } from './message.ts';
import { needsAnsible } from './task-definition.ts';

export const isWithoutAnsible = process.platform === 'win32';

const WAYS = [
  {
    title: 'Reopen in WSL',
    extension: 'ms-vscode-remote.remote-wsl',
    command: 'remote-wsl.reopenInWSL',
  },
  {
    title: 'Open over Remote-SSH',
    extension: 'ms-vscode-remote.remote-ssh',
    command: 'opensshremotes.openEmptyWindow',
  },
];

/** Says so, with the ways out that this editor has. */
export async function offerAnotherSystem(): Promise<void> {
  const ways = WAYS.filter(
    ({ extension }) => vscode.extensions.getExtension(extension) !== undefined,
  );
  const chosen = await vscode.window.showErrorMessage(
    plainText(
      `Ansible does not run on Windows. ${
        ways.length === 0
          ? 'Open this folder in WSL or on a Linux machine, with the extension “WSL” or “Remote - SSH”.'
          : 'Open this folder where it does.'
      }`,
    ),
    ...ways.map(({ title }) => title),
  );
  const way = ways.find(({ title }) => title === chosen);
  if (way !== undefined) await vscode.commands.executeCommand(way.command);
}

/** A task that is started from the Tasks menu passes by what commands look at beforehand. */
export function followTasksWithoutAnsible(): vscode.Disposable {
  if (!isWithoutAnsible) return new vscode.Disposable(() => undefined);
  return vscode.tasks.onDidStartTask(({ execution }) => {
    const { type, command } = execution.task.definition;
    if (type === 'rpi' && needsAnsible(String(command))) void offerAnotherSystem();
  });
}
