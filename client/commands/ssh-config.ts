import type { EditorCommand } from '../editor-command.ts';
import { mayStart, pickProject } from '../target.ts';

/** Makes the Pis known to plain ssh; `rpi` shows the change and asks. */
export const writeSshConfig: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const project = await pickProject(app, args);
  if (project === undefined) return;
  await app.rpi.inTerminal({ project, args: ['ssh', 'config'], focus: true });
};
