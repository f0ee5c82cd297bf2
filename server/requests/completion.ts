import {
  CompletionItemKind,
  InsertTextFormat,
  MarkupKind,
  type CompletionItem,
  type CompletionParams,
} from 'vscode-languageserver';
import type { Completion } from '../../core/analysis/features.ts';
import type { DocumentView } from '../session.ts';

const KINDS: Readonly<Record<Completion['kind'], CompletionItemKind>> = {
  option: CompletionItemKind.Property,
  value: CompletionItemKind.Value,
  snippet: CompletionItemKind.Snippet,
  file: CompletionItemKind.File,
};

export function completion(
  { reading, lines }: DocumentView,
  { position }: CompletionParams,
  editor: { readonly hasSnippets: boolean; readonly suggestCommand: string | undefined },
): CompletionItem[] {
  const { suggestCommand: command } = editor;
  return reading
    .complete(lines.offsetAt(position))
    .filter(({ isSnippet }) => isSnippet !== true || editor.hasSnippets)
    .map(({ label, kind, detail, documentation, range, text, isSnippet, order, continues }) => ({
      label,
      kind: KINDS[kind],
      sortText: order,
      textEdit: { range: lines.rangeOf(range), newText: text },
      ...(detail === undefined ? {} : { detail }),
      ...(documentation === undefined
        ? {}
        : { documentation: { kind: MarkupKind.Markdown, value: documentation } }),
      ...(isSnippet === true ? { insertTextFormat: InsertTextFormat.Snippet } : {}),
      ...(continues === true && command !== undefined
        ? { command: { title: 'Complete the value', command } }
        : {}),
    }));
}
