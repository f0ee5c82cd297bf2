import * as vscode from 'vscode';
import type { EditorCommand } from '../editor-command.ts';
import { plainText } from '../message.ts';
import { proposalWords } from '../monitor/proposal-words.ts';
import { answer, pickProposal } from './proposals.ts';
import { checkTyped } from './typed-name.ts';

/** Has a proposed remedy carried out; what wipes a Pi asks for its name. */
export const approveProposal: EditorCommand = async (app, ...args) => {
  const node = await pickProposal(app, args, 'Approve Remedy');
  if (node === undefined) return;
  const { host, remedy } = node.proposal;
  const { what, why } = proposalWords(node.proposal);
  if (remedy === 'reinstall') {
    const typed = await vscode.window.showInputBox({
      title: `Erase ${host} and Install It Anew`,
      prompt: plainText(`Everything on ${host} is erased. Type its name: ${host}`),
      ignoreFocusOut: true,
      validateInput: (value) => checkTyped(value, host),
    });
    if (typed !== host) return;
    await answer(app, node, 'approve', { yesWipe: typed });
  } else {
    const button = 'Approve';
    const chosen = await vscode.window.showWarningMessage(
      plainText(`Let the monitor ${what}?`),
      { modal: true, detail: `${why}\n\nEvery guard rail is asked again before it is begun.` },
      button,
    );
    if (chosen === button) await answer(app, node, 'approve');
  }
};
