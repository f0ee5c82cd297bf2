import * as vscode from 'vscode';
import type { EditorCommand } from '../editor-command.ts';
import { plainText } from '../message.ts';
import { agreedToHosts } from './agreement.ts';
import { namesOf } from './names.ts';
import { startOn } from './on-hosts.ts';
import { startAgreed } from './start-agreed.ts';

/** Replaces the project's key on the chosen Pis, after a dialog that names them. */
export const rotateKeys: EditorCommand = async (app, ...args) => {
  const target = await startOn(app, args, { title: 'Rotate Keys' });
  if (target === undefined) return;
  const { project, hosts, limit } = target;
  const button = 'Rotate';
  const chosen = await vscode.window.showWarningMessage(
    plainText(`Replace the project’s key on ${namesOf(hosts)}?`),
    {
      modal: true,
      detail:
        'Each gets a new key beside the old one. The old one is withdrawn when every Pi of the inventory has the new one; run it again for those that are left out now.',
    },
    button,
  );
  if (chosen !== button) return;
  const words = ['access', 'rotate', ...limit];
  await startAgreed(app, { project, args: words }, agreedToHosts(hosts));
};
