import { hostWord } from '../chosen-hosts.ts';
import type { EditorCommand } from '../editor-command.ts';
import { mayStart, pickHost } from '../target.ts';
import { openTerminal } from './own-terminal.ts';

/** A shell on the Pi. */
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
