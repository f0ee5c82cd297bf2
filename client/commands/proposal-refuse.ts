import type { EditorCommand } from '../editor-command.ts';
import { answer, pickProposal } from './proposals.ts';

/** Says no: it is not proposed again while the Pi fails in the same way. */
export const refuseProposal: EditorCommand = async (app, ...args) => {
  const node = await pickProposal(app, args, 'Refuse Remedy');
  if (node !== undefined) await answer(app, node, 'refuse');
};
