import { hostWord } from '../chosen-hosts.ts';
import type { EditorCommand } from '../editor-command.ts';
import { mayStart, pickHost } from '../target.ts';
import { openTerminal } from './own-terminal.ts';

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
