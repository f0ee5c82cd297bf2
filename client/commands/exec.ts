import * as vscode from 'vscode';
import type { EditorCommand } from '../editor-command.ts';
import { plainText } from '../message.ts';
import { namesOf } from './names.ts';
import { startOn } from './on-hosts.ts';

let lastLine = '';

/** A shell line on the chosen Pis, at the same time. */
export const exec: EditorCommand = async (app, ...args) => {
  const target = await startOn(app, args, { title: 'Run Command', unticked: true });
  if (target === undefined) return;
  const { project, hosts, limit } = target;
  const line = await vscode.window.showInputBox({
    title: 'Run Command',
    prompt: plainText(
      `A line for the shell of ${namesOf(hosts)}. It is kept in the run’s journal: no passwords in it.`,
    ),
    placeHolder: 'uptime',
    value: lastLine,
    ignoreFocusOut: true,
    validateInput: (typed) => (typed.trim() === '' ? 'Type a command.' : undefined),
  });
  if (line === undefined) return;
  lastLine = line;
  await app.rpi.inTerminal({ project, args: ['exec', ...limit, '--shell', '--', line] });
};
