import type { EditorCommand } from '../editor-command.ts';
import { mayStart } from '../target.ts';
import { pickRun } from './pick-run.ts';

/** What a run prints, as it prints it, in a terminal; whoever started it. */
export const followRun: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const target = await pickRun(app, args, {
    title: 'Follow in Terminal',
    fits: () => true,
    none: 'Nothing has been run in this project yet.',
  });
  if (target === undefined) return;
  const { project, run } = target;
  await app.rpi.inTerminal({ project, args: ['runs', 'follow', run.id] });
};
