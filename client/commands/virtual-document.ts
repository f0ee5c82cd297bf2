/** Texts to read that are no file: the editor can't change them, and asks for no saving. */
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
 * Where the editor reads `text`; `path` is its name in the editor, `more` tells it from others of
 * that name. The same one of the same project gets the new text.
 */
export function virtualDocument(
  { root }: OpenProject,
  path: string,
  text: string,
  more: Readonly<Record<string, string>> = {},
): vscode.Uri {
  const uri = vscode.Uri.from({
    scheme: SCHEME,
    path: `/${path}`,
    query: JSON.stringify({ project: root.fsPath, ...more }),
  });
  texts.set(uri.toString(), text);
  changed.fire(uri);
  return uri;
}
