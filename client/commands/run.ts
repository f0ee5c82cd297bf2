/** What is done with a run of the Runs view, whoever started it. */
import * as vscode from 'vscode';
import type { EditorCommand } from '../commands.ts';
import { plainText } from '../message.ts';
import { mayStart } from '../target.ts';
import { askQuestion, sendControl } from './answering.ts';
import { pickRun } from './pick-run.ts';
import { wordsToRepeat } from './repeat.ts';
import { confirmRotation } from './rotate-keys.ts';

export const followRun: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const target = await pickRun(app, args, {
    title: 'Follow in Terminal',
    fits: () => true,
    none: 'Nothing has been run in this project yet.',
  });
  if (target === undefined) return;
  const { project, run } = target;
  await app.rpi.inTerminal({ project, args: ['runs', 'follow', run.id] });
};

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

export const answerRun: EditorCommand = async (app, ...args) => {
  const target = await pickRun(app, args, {
    title: 'Answer',
    fits: ({ question }) => question !== undefined,
    none: 'No run waits for an answer.',
  });
  const asked = target?.run.question;
  if (target === undefined || asked === undefined) return;
  const value = await askQuestion(asked.question);
  if (value === undefined) return; // it goes on waiting
  await sendControl(target.run.id, { verb: 'answer', id: asked.id, value });
};

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
  // What reboots or wipes asks in its terminal; a rotation has no question there.
  if (
    run.command === 'access rotate' &&
    !(await confirmRotation(run.hosts.map(({ host }) => host)))
  )
    return;
  await app.rpi.inTerminal({ project, args: words, focus: true });
};
