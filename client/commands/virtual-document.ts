/** Documents to read that are no file: the editor can't change them, and asks for no saving. */
import * as vscode from 'vscode';
import type { OpenProject } from '../open-project.ts';

const SCHEME = 'rpi-document';

const GONE = 'This was made before the window was loaded anew. Start the command again.\n';

const texts = new Map<string, string>();
const changed = new vscode.EventEmitter<vscode.Uri>();

/** Registered at activation: the editor restores the tabs of the window before. */
export function registerDocuments(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? GONE,
  });
}

/**
 * Shows `text` as a preview in Markdown; `name` is the tab's. The same name in the same project is
 * shown anew.
 */
export async function showDocument(
  { root }: OpenProject,
  name: string,
  text: string,
): Promise<void> {
  const uri = vscode.Uri.from({
    scheme: SCHEME,
    path: `/${name.replaceAll('/', '-')}`,
    query: JSON.stringify({ project: root.fsPath }),
  });
  texts.set(uri.toString(), text);
  changed.fire(uri);
  await vscode.commands.executeCommand('markdown.showPreview', uri);
}
