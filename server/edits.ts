/** Edits as LSP wants them. */
import { existsSync } from 'node:fs';
import type {
  CreateFile,
  TextDocumentEdit,
  TextEdit as LspTextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver';
import type { FileEdits } from '../core/analysis/finding.ts';
import type { TextEdit } from '../core/formats/text-edit.ts';
import { Lines } from './document.ts';
import { resolvePath, uriOf } from './paths.ts';
import type { DocumentView } from './session.ts';

export function editsOf(lines: Lines, edits: readonly TextEdit[]): LspTextEdit[] {
  return edits.map(({ start, end, text }) => ({
    range: lines.rangeOf({ start, end }),
    newText: text,
  }));
}

/**
 * The edits of a document, and of other files beside it. `versioned`: the editor refuses edits of
 * another version of the text than this one, and can create files.
 */
export function workspaceEditOf(
  { uri, path, version, lines }: DocumentView,
  edits: readonly TextEdit[],
  files: readonly FileEdits[],
  editor: { readonly versioned: boolean; readonly textOf: (path: string) => string },
): WorkspaceEdit {
  const own = editsOf(lines, edits);
  if (!editor.versioned) return { changes: { [uri]: own } };
  const others = files.flatMap((file): (CreateFile | TextDocumentEdit)[] => {
    const other = resolvePath(path, file.path);
    const otherLines = new Lines(editor.textOf(other));
    return [
      ...(existsSync(other) ? [] : [{ kind: 'create' as const, uri: uriOf(other) }]),
      {
        textDocument: { uri: uriOf(other), version: null },
        edits: editsOf(otherLines, file.edits),
      },
    ];
  });
  return { documentChanges: [{ textDocument: { uri, version }, edits: own }, ...others] };
}
