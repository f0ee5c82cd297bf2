/** An error as people see it: what happened, what to do; details go to the log. */
import * as vscode from 'vscode';
import { reportOf } from '../core/errors.ts';
import { plainText } from './message.ts';

/** Shows an error. Cancelling (a dismissed quick pick) is none: commands just return. */
export async function showFault(log: vscode.LogOutputChannel, error: unknown): Promise<void> {
  const { code, message, remedy } = reportOf(error);
  log.error(`${code}: ${message}`, error instanceof Error ? (error.stack ?? '') : '');
  const text = remedy === undefined ? message : `${message} ${remedy}`;
  const chosen = await vscode.window.showErrorMessage(plainText(text), 'Show Log');
  if (chosen !== undefined) log.show();
}
