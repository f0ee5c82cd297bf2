/** Documents to read that are no file: the editor can't change them, and asks for no saving. */
import * as vscode from 'vscode';
import type { App } from '../app.ts';

const SCHEME = 'rpi-document';

const texts = new Map<string, string>();
let changed: vscode.EventEmitter<vscode.Uri> | undefined;

/** Shows `text` as a preview in Markdown; `name` is the tab's. The same name is shown anew. */
export async function showDocument(app: App, name: string, text: string): Promise<void> {
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}` });
  texts.set(uri.toString(), text);
  register(app).fire(uri);
  await vscode.commands.executeCommand('markdown.showPreview', uri);
}

function register(app: App): vscode.EventEmitter<vscode.Uri> {
  if (changed !== undefined) return changed;
  changed = new vscode.EventEmitter<vscode.Uri>();
  app.context.subscriptions.push(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? '',
    }),
  );
  return changed;
}
