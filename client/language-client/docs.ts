/**
 * The section of the docs that says why a finding matters, as a document of its own: what a
 * diagnostic's code leads to must be an address that any link may open, which a command is not.
 */
import * as vscode from 'vscode';
import { sectionOf } from './section.ts';

/** `rpi-docs:/PAGE/HEADING.md`; package.json has it opened in the preview of Markdown. */
export const DOCS_SCHEME = 'rpi-docs';

export function registerDocs(context: vscode.ExtensionContext): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(DOCS_SCHEME, {
    provideTextDocumentContent: async ({ path }) => {
      const [, page, heading] = /^\/([a-z-]+)\/([A-Za-z0-9 -]+)\.md$/.exec(path) ?? [];
      if (page === undefined || heading === undefined) return '';
      const file = vscode.Uri.joinPath(context.extensionUri, 'docs', `${page}.md`);
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
      return sectionOf(text, heading);
    },
  });
}
