import type { EditorCommand } from '../editor-command.ts';
import { mayStart, pickProject } from '../target.ts';

/** Works without a project, and where its rpi.yml is wrong. */
export const doctor: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  await app.projects.loaded;
  const hasNone = app.projects.open().length === 0;
  const project = hasNone ? undefined : await pickProject(app, args);
  if (hasNone || project !== undefined) await app.rpi.inTerminal({ project, args: ['doctor'] });
};
