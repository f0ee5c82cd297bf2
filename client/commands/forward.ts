import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { EditorCommand } from '../editor-command.ts';
import { showFault } from '../fault.ts';
import { plainText } from '../message.ts';
import { mayStart, pickHost } from '../target.ts';
import { portOf } from './port.ts';

/** Where the scaffolded app's page is. */
const WEB = 80;

/**
 * Opens a port of the Pi on this machine and shows it in the browser. It stays open until it is
 * stopped (from the message, or as any live run) or the window is closed.
 */
export const forward: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const target = await pickHost(app, args, { title: 'Forward App Port' });
  if (target === undefined) return;
  const { project, pi } = target;
  const port = await askPort(app, project.root, pi.name);
  if (port === undefined) return;
  const controller = new AbortController();
  const onClose = new vscode.Disposable(() => {
    controller.abort();
  });
  app.context.subscriptions.push(onClose);
  void app.rpi
    .inBackground({
      project,
      args: ['forward', pi.name, String(port)],
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind !== 'forward') return;
        void open(event.url, `Port ${port} of ${pi.name}`, controller);
      },
    })
    .then(({ exit, events }) => {
      const last = events.at(-1);
      if (exit === 0 || controller.signal.aborted || last?.kind !== 'run.finished') return;
      const remedy = last.error?.remedy ?? '';
      void vscode.window.showErrorMessage(plainText(`${last.summary} ${remedy}`.trim()));
    })
    .catch((error: unknown) => showFault(app.log, error))
    .finally(() => {
      const at = app.context.subscriptions.indexOf(onClose);
      if (at >= 0) app.context.subscriptions.splice(at, 1);
    });
};

async function open(url: string, what: string, controller: AbortController): Promise<void> {
  // In a remote window the person's browser is on another machine: the editor forwards it there.
  const local = await vscode.env.asExternalUri(vscode.Uri.parse(url));
  await vscode.env.openExternal(local);
  const stop = 'Stop';
  const chosen = await vscode.window.showInformationMessage(
    plainText(`${what} is ${local.toString(true)} until it is stopped or this window is closed.`),
    stop,
  );
  if (chosen === stop) controller.abort();
}

/** The port that the inventory names for the app (`app_port`, `http_port` …) is the suggestion. */
async function askPort(app: App, root: vscode.Uri, host: string): Promise<number | undefined> {
  const known = await knownPort(app, root, host);
  const typed = await vscode.window.showInputBox({
    title: `Forward App Port of ${host}`,
    prompt:
      'The port on the Pi that the app listens on. Variables app_port, web_port, http_port or port in the inventory are the suggestion.',
    value: String(known ?? WEB),
    validateInput: (text) =>
      portOf(text) === undefined ? 'A port is a number from 1 to 65535.' : undefined,
  });
  return typed === undefined ? undefined : portOf(typed);
}

async function knownPort(app: App, root: vscode.Uri, host: string): Promise<number | undefined> {
  const project = await app.projects.of(root)?.project();
  if (project === undefined) return undefined;
  const [{ loadInventory }, { appPort }] = await Promise.all([
    import('../../core/inventory/load.ts'),
    import('./port.ts'),
  ]);
  try {
    return appPort(await loadInventory(project), host);
  } catch (error) {
    app.log.debug('No port is suggested:', String(error));
    return undefined;
  }
}
