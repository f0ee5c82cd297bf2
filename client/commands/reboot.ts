import * as vscode from 'vscode';
import type { EditorCommand } from '../editor-command.ts';
import { plainText } from '../message.ts';
import { agreedToHosts } from './agreement.ts';
import { namesOf } from './names.ts';
import { startOn } from './on-hosts.ts';
import { startAgreed } from './start-agreed.ts';

/** Reboots after a dialog that names the hosts; the terminal shows when each is back. */
export const reboot: EditorCommand = async (app, ...args) => {
  const target = await startOn(app, args, { title: 'Reboot', unticked: true });
  if (target === undefined) return;
  const { project, hosts, limit } = target;
  const button = hosts.length === 1 ? 'Reboot It' : `Reboot ${hosts.length} Pis`;
  const chosen = await vscode.window.showWarningMessage(
    plainText(`Reboot ${namesOf(hosts)}?`),
    {
      modal: true,
      detail: 'What runs on them stops, and is away until each has started again.',
    },
    button,
  );
  if (chosen !== button) return;
  await startAgreed(app, { project, args: ['reboot', ...limit] }, agreedToHosts(hosts));
};
