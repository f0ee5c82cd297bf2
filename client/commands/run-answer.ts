import type { EditorCommand } from '../editor-command.ts';
import { askQuestion, sendControl } from './answering.ts';
import { pickRun } from './pick-run.ts';

/** Answers the question that a run waits with, whoever started it. */
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
