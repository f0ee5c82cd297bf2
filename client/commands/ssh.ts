/** Shells on a Pi: in a terminal of the editor, in a window of its own, for plain ssh. */
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { EditorCommand } from '../commands.ts';
import type { OpenProject } from '../projects.ts';
import { mayStart, pickHost, pickProject } from '../target.ts';
import { hostWord } from '../chosen-hosts.ts';
import { programWords, rpiEnvironment } from '../tasks.ts';

export const openSshTerminal: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const target = await pickHost(app, args, { title: 'Open SSH Terminal' });
  if (target === undefined) return;
  const { project, pi } = target;
  await openTerminal(app, project, {
    name: pi.name,
    icon: 'terminal',
    words: ['ssh', hostWord(pi.name)],
  });
};

/** The Pi's journal as it grows; by sudo where that asks nothing, else what the user may read. */
export const followJournal: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const target = await pickHost(app, args, { title: 'Follow Journal' });
  if (target === undefined) return;
  const { project, pi } = target;
  const journal = 'journalctl --follow --lines=200';
  const words = ['ssh', hostWord(pi.name), '--', `sudo -n ${journal} 2>/dev/null || ${journal}`];
  await openTerminal(app, project, { name: `${pi.name}: journal`, icon: 'output', words });
};

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

export const writeSshConfig: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const project = await pickProject(app, args);
  if (project === undefined) return;
  await app.rpi.inTerminal({ project, args: ['ssh', 'config'], focus: true });
};

/** A terminal whose program is `rpi` itself: no shell that would read the words again. */
async function openTerminal(
  app: App,
  project: OpenProject,
  terminal: { readonly name: string; readonly icon: string; readonly words: readonly string[] },
): Promise<void> {
  vscode.window
    .createTerminal({
      name: terminal.name,
      iconPath: new vscode.ThemeIcon(terminal.icon),
      shellPath: process.execPath,
      shellArgs: [...programWords(app.context, project), ...terminal.words],
      cwd: project.root,
      env: await rpiEnvironment(app, project),
      isTransient: true,
    })
    .show();
}
