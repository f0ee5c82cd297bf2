import * as vscode from 'vscode';
import type { EditorCommand } from '../editor-command.ts';
import { plainText } from '../message.ts';
import { mayStart, pickProject } from '../target.ts';
import { inNotification } from './in-notification.ts';

/** One search; what is found appears in the Fleet view as it is found. */
export const detect: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const project = await pickProject(app, args);
  if (project === undefined) return;
  let found = 0;
  const end = await inNotification('Searching for Pis', (tell, signal) =>
    app.rpi.inBackground({
      project,
      args: ['detect'],
      signal,
      onEvent: (event) => {
        if (event.kind !== 'sighting' || !event.sighting.isPi) return;
        found++;
        tell(`${found} Pi${found === 1 ? '' : 's'} so far`);
      },
    }),
  );
  app.projects.refresh();
  const last = end.events.at(-1);
  if (last?.kind === 'run.finished' && last.status === 'cancelled') return;
  const summary = last?.kind === 'run.finished' ? last.summary : '';
  if (end.exit === 0 && found > 0) {
    vscode.window.setStatusBarMessage(`$(search) ${summary}`, 10_000);
    return;
  }
  const doctor = 'What Is Missing Here?';
  const remedy =
    last?.kind === 'run.finished' && last.error?.remedy !== undefined ? last.error.remedy : '';
  const none = 'No Pi was found. Is it switched on and on this network? Networks stand in rpi.yml.';
  const chosen = await vscode.window.showWarningMessage(
    plainText(end.exit === 0 ? none : `${summary} ${remedy}`),
    doctor,
  );
  if (chosen === doctor) await vscode.commands.executeCommand('rpi.doctor');
};
