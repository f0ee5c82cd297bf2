/** Questions of a run, asked by dialogs and answered over its control socket. */
import * as vscode from 'vscode';
import type { Event, Question } from '../../core/runs/event.ts';
import { plainText } from '../message.ts';
import { checkTyped } from './typed-name.ts';

export type Answering = {
  readonly dispose: () => void;
  /** Is told every event of the run. */
  readonly see: (event: Event) => void;
};

/** Asks each question that comes; a dialog that is closed cancels the run: nothing is guessed. */
export function createAnswering(log: vscode.LogOutputChannel): Answering {
  const open = new Map<string, vscode.CancellationTokenSource>();
  const close = (id: string): void => {
    open.get(id)?.cancel();
    open.delete(id);
  };
  const answer = async (run: string, id: string, question: Question): Promise<void> => {
    const closing = new vscode.CancellationTokenSource();
    open.set(id, closing);
    const value = await askQuestion(question, closing.token);
    if (!open.delete(id)) return; // answered by somebody else meanwhile
    await sendControl(
      run,
      value === undefined ? { verb: 'cancel' } : { verb: 'answer', id, value },
    );
  };
  return {
    see: (event) => {
      if (event.kind === 'answer') close(event.id);
      if (event.kind === 'run.finished') for (const id of [...open.keys()]) close(id);
      if (event.kind !== 'question') return;
      answer(event.run, event.id, event.question).catch((error: unknown) => {
        log.warn(`The answer did not reach ${event.run}:`, String(error));
      });
    },
    dispose: () => {
      for (const id of [...open.keys()]) close(id);
    },
  };
}

/** Sends one request to a live run; throws `run.not-live`, and `input.invalid` when refused. */
export async function sendControl(
  run: string,
  message:
    | { readonly verb: 'cancel' }
    | { readonly verb: 'answer'; readonly id: string; readonly value: string },
): Promise<void> {
  const [{ askControl }, { socketFolder }, { RpiError }] = await Promise.all([
    import('../../core/runs/control.ts'),
    import('../../core/project/paths.ts'),
    import('../../core/errors.ts'),
  ]);
  const reply = await askControl(socketFolder(process.env), run, message);
  if (!reply.ok) throw new RpiError('input.invalid', reply.message);
}

/** The answer, or undefined when the dialog was closed. */
export async function askQuestion(
  question: Question,
  token?: vscode.CancellationToken,
): Promise<string | undefined> {
  switch (question.type) {
    case 'yes-no': {
      if (token !== undefined) return pickYesOrNo(question, token);
      const chosen = await vscode.window.showInformationMessage(
        plainText(question.text),
        { modal: true, ...(question.detail === undefined ? {} : { detail: question.detail }) },
        { title: 'Yes', value: 'yes' },
        { title: 'No', value: 'no' },
      );
      return chosen?.value;
    }
    case 'choice':
      return vscode.window.showQuickPick(
        question.choices ?? [],
        {
          title: question.text,
          ignoreFocusOut: true,
          ...(question.detail === undefined ? {} : { placeHolder: question.detail }),
        },
        token,
      );
    case 'typed':
      return vscode.window.showInputBox(
        {
          title: question.text,
          prompt: plainText(question.detail ?? `Type ${question.expect ?? 'it'} to go on.`),
          placeHolder: question.expect ?? '',
          ignoreFocusOut: true,
          validateInput: (typed) => checkTyped(typed, question.expect),
        },
        token,
      );
    case 'secret':
      return vscode.window.showInputBox(
        {
          title: 'Raspberry Pi',
          prompt: plainText(question.detail ?? question.text),
          placeHolder: question.text,
          password: true,
          ignoreFocusOut: true,
        },
        token,
      );
  }
}

/** A dialog can’t be closed when somebody else has answered; a list can. No comes first. */
async function pickYesOrNo(
  { text, detail }: Question,
  token: vscode.CancellationToken,
): Promise<string | undefined> {
  const picked = await vscode.window.showQuickPick(
    [
      { label: 'No', value: 'no' },
      ...(detail ?? '')
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => ({ label: line, kind: vscode.QuickPickItemKind.Separator, value: '' })),
      { label: 'Yes', value: 'yes' },
    ],
    { title: text, placeHolder: text, ignoreFocusOut: true },
    token,
  );
  return picked?.value;
}
