import * as vscode from 'vscode';
import type { EditorCommand } from '../editor-command.ts';
import { answer, pickProposal } from './proposals.ts';

const TIMES = [
  { label: '15 minutes', seconds: 900 },
  { label: '1 hour', seconds: 3600 },
  { label: '4 hours', seconds: 14_400 },
  { label: '1 day', seconds: 86_400 },
] as const;

/** Puts a proposal off; it is made again afterwards if the Pi still fails. */
export const snoozeProposal: EditorCommand = async (app, ...args) => {
  const node = await pickProposal(app, args, 'Snooze Remedy');
  if (node === undefined) return;
  const picked = await vscode.window.showQuickPick(TIMES, {
    title: 'Snooze Remedy',
    placeHolder: `For how long, for ${node.proposal.host}?`,
  });
  if (picked !== undefined) await answer(app, node, 'snooze', { for: picked.seconds });
};
