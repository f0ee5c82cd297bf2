/**
 * “What will be installed”: the effective configuration beside its installer-config.txt, as a
 * document to read that goes along with what is typed.
 */
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { EditorCommand } from '../editor-command.ts';
import { askForPreview } from '../language-client.ts';

const SCHEME = 'rpi-preview';
/** Milliseconds after the last key. */
const PAUSE = 200;

let changed: vscode.EventEmitter<vscode.Uri> | undefined;

/** `args`: the document's address from the lens, or its uri from a menu; the active editor without. */
export const previewInstallerConfig: EditorCommand = async (app, ...args) => {
  const source = sourceOf(args[0]) ?? vscode.window.activeTextEditor?.document.uri;
  if (source === undefined || source.scheme === SCHEME) return;
  // The server knows only what is open.
  await vscode.workspace.openTextDocument(source);
  register(app);
  const uri = previewUri(source);
  changed?.fire(uri);
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.languages.setTextDocumentLanguage(document, 'rpi-installer-config');
  await vscode.window.showTextDocument(document, {
    viewColumn: vscode.ViewColumn.Beside,
    preserveFocus: true,
    preview: true,
  });
};

function sourceOf(argument: unknown): vscode.Uri | undefined {
  if (typeof argument === 'string') return vscode.Uri.parse(argument, true);
  return argument instanceof vscode.Uri ? argument : undefined;
}

/** Its name is the tab's; the query says what it is a preview of. */
function previewUri(source: vscode.Uri): vscode.Uri {
  const folder = source.path.split('/').at(-2) ?? '';
  return vscode.Uri.from({
    scheme: SCHEME,
    path: `/What will be installed (${folder})`,
    query: source.toString(),
  });
}

function register({ context }: App): void {
  if (changed !== undefined) return;
  const emitter = new vscode.EventEmitter<vscode.Uri>();
  changed = emitter;
  let timer: NodeJS.Timeout | undefined;
  context.subscriptions.push(
    emitter,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: emitter.event,
      provideTextDocumentContent: async ({ query }) =>
        (await askForPreview(vscode.Uri.parse(query, true))) ??
        '# Nobody can tell: the file is closed, or the language server does not run.\n',
    }),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      const uri = previewUri(document.uri);
      const isShown = vscode.workspace.textDocuments.some(
        (each) => each.uri.toString() === uri.toString(),
      );
      if (!isShown) return;
      clearTimeout(timer);
      timer = setTimeout(() => emitter.fire(uri), PAUSE);
    }),
    new vscode.Disposable(() => {
      clearTimeout(timer);
      changed = undefined;
    }),
  );
}
