import * as vscode from 'vscode';
import type { EditorCommand } from '../editor-command.ts';
import { plainText } from '../message.ts';
import { mayStart } from '../target.ts';
import { pickRun } from './pick-run.ts';
import { wordsToRepeat } from './repeat.ts';

/** Starts a run with the words it was started with, without what was agreed to. */
export const rerun: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const target = await pickRun(app, args, {
    title: 'Run Again',
    fits: ({ state }) => state !== 'live',
    none: 'No run has ended yet.',
  });
  if (target === undefined) return;
  const { project, run } = target;
  const words = wordsToRepeat(run);
  if (words === undefined) {
    await vscode.window.showWarningMessage(
      plainText(
        `${run.command} was given values that are not kept in its journal (they may be secret). Start it from a terminal.`,
      ),
    );
    return;
  }
  // What reboots, wipes or replaces a key asks in its terminal.
  await app.rpi.inTerminal({ project, args: words, focus: true });
};
