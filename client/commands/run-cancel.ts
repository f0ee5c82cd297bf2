import * as vscode from 'vscode';
import type { EditorCommand } from '../editor-command.ts';
import { plainText } from '../message.ts';
import { sendControl } from './answering.ts';
import { pickRun } from './pick-run.ts';

/** Cancels a run after a dialog, whoever started it. */
export const cancelRun: EditorCommand = async (app, ...args) => {
  const target = await pickRun(app, args, {
    title: 'Cancel Run',
    fits: ({ state }) => state === 'live',
    none: 'No run is live.',
  });
  if (target === undefined) return;
  const { run } = target;
  const cancel = 'Cancel It';
  const chosen = await vscode.window.showWarningMessage(
    plainText(`Cancel ${run.command}?`),
    { modal: true, detail: 'It finishes what must not be left half-done and says what is undone.' },
    { title: cancel },
    { title: 'Let It Run', isCloseAffordance: true },
  );
  if (chosen?.title === cancel) await sendControl(run.id, { verb: 'cancel' });
};
