/**
 * Reinstalling a Pi: every check of the preflight and the exact plan are read as a document, with
 * what differs on the Pi beside it, then the host's name is typed. Only then is `rpi install` started, which carries out that plan only.
 */
import * as vscode from 'vscode';
import type { Event } from '../../core/runs/event.ts';
import type { App } from '../app.ts';
import type { EditorCommand } from '../editor-command.ts';
import { mayStart, pickHost, type HostTarget } from '../target.ts';
import { hostWord } from '../chosen-hosts.ts';
import { agreedToName } from './agreement.ts';
import { inNotification } from './in-notification.ts';
import { projectOfConfig } from './installer-config.ts';
import { followLink } from './follow-link.ts';
import { showLinked } from './linked-document.ts';
import { plannedChanges, showDifferences } from './plan-differences.ts';
import { preflightDocument, preflightVerdict } from './preflight-document.ts';
import { startAgreed } from './start-agreed.ts';
import { checkTyped } from './typed-name.ts';

/** More lines than a file that is shown has: the editor folds what is the same by itself. */
const WHOLE = 1_000_000;

/** `args`: a Pi of a view, or the address of the installer-config.txt that a lens stands in. */
export const reinstall: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const from = await projectOfConfig(app, args);
  if (from === undefined) return;
  const target = await pickHost(app, from.nodes, { title: 'Reinstall Pi' });
  if (target === undefined) return;
  const { project, pi } = target;
  const events = await lookBefore(app, target);
  if (events === undefined) return;
  const changes = plannedChanges(events);
  const verdict = preflightVerdict(events);
  // Behind the document: what is lost stands there.
  if (verdict.isReady) await showDifferences(project, pi.name, changes);
  const document = preflightDocument(pi.name, events, new Date().toISOString());
  await showLinked(app, project, { title: `Reinstall ${pi.name}`, ...document }, (action) => {
    followLink(app, { project, host: pi.name, changes }, action);
  });
  if (!verdict.isReady) return; // the document says why, and what to do
  const typed = await vscode.window.showInputBox({
    title: `Reinstall ${pi.name}: everything on its card is lost`,
    prompt:
      `The plan stands in the document${changes.length === 0 ? '' : ', and as differences in the tab beside it'}. ` +
      `Type the Pi’s name to reinstall it: ${pi.name}`,
    placeHolder: pi.name,
    ignoreFocusOut: true,
    validateInput: (text) => checkTyped(text, pi.name),
  });
  if (typed !== pi.name) return;
  await startAgreed(
    app,
    { project, args: ['install', hostWord(pi.name), '--plan', verdict.plan] },
    agreedToName(pi.name),
  );
};

/** Every check, and the plan where all passed. Undefined when the person cancelled. */
async function lookBefore(
  app: App,
  { project, pi }: HostTarget,
): Promise<readonly Event[] | undefined> {
  return inNotification(`Looking at ${pi.name} before it is reinstalled`, async (tell, signal) => {
    const { events } = await app.rpi.inBackground({
      project,
      args: ['install', 'plan', pi.name, '--diff', '--unified', String(WHOLE)],
      signal,
      onEvent: (event) => {
        if (event.kind === 'check') tell(event.name);
      },
    });
    return signal.aborted ? undefined : events;
  });
}
