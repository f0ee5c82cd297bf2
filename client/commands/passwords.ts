import * as vscode from 'vscode';
import type { EditorCommand } from '../editor-command.ts';

export const forgetPasswords: EditorCommand = async (app) => {
  const forget = 'Forget Them';
  const chosen = await vscode.window.showWarningMessage(
    'Forget every password and passphrase that this editor keeps for Pis?',
    { modal: true, detail: 'They are asked for again when they are next needed.' },
    forget,
  );
  if (chosen === forget) await app.passwords.forget();
};
