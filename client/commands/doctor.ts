import type { EditorCommand } from '../commands.ts';
import { nodesOf } from '../nodes.ts';
import { mayStart } from '../target.ts';

/** Works without a project, and where its rpi.yml is wrong. */
export const doctor: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const [node] = nodesOf(args);
  const [only, another] = app.projects.open();
  const project = node?.project ?? (another === undefined ? only : undefined);
  await app.rpi.inTerminal({ project, args: ['doctor'] });
};
