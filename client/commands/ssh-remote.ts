import * as vscode from 'vscode';
import type { EditorCommand } from '../editor-command.ts';
import { mayStart, pickHost } from '../target.ts';

/** Remote-SSH reads ~/.ssh/config: the Pis are made known there first, which rpi asks about. */
export const openRemoteSsh: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const target = await pickHost(app, args, { title: 'Open in Remote-SSH' });
  if (target === undefined) return;
  const { project, pi } = target;
  const exit = await app.rpi.untilEnd({ project, args: ['ssh', 'config'], focus: true });
  if (exit !== 0) return; // the terminal says why
  const home = pi.user === 'root' ? '/root' : `/home/${pi.user ?? 'pi'}`;
  await vscode.commands.executeCommand(
    'vscode.openFolder',
    vscode.Uri.from({ scheme: 'vscode-remote', authority: `ssh-remote+${pi.name}`, path: home }),
    { forceNewWindow: true },
  );
};
