import {
  CompletionItemKind,
  InsertTextFormat,
  MarkupKind,
  type CompletionItem,
  type CompletionList,
  type CompletionParams,
} from 'vscode-languageserver';
import type { Completion } from '../../core/analysis/features.ts';
import type { DocumentView } from '../session.ts';

const KINDS: Readonly<Record<Completion['kind'], CompletionItemKind>> = {
  option: CompletionItemKind.Property,
  value: CompletionItemKind.Value,
  snippet: CompletionItemKind.Snippet,
  file: CompletionItemKind.File,
  keyword: CompletionItemKind.Keyword,
  module: CompletionItemKind.Module,
  variable: CompletionItemKind.Variable,
  function: CompletionItemKind.Function,
  reference: CompletionItemKind.Reference,
};

/** What `completionItem/resolve` is told of an item. */
export type DescribedItem = { readonly uri: string; readonly described: string };

export function completion(
  { uri, reading, lines }: DocumentView,
  { position, context }: CompletionParams,
  editor: { readonly hasSnippets: boolean; readonly suggestCommand: string | undefined },
): CompletionItem[] | CompletionList {
  const { suggestCommand: command } = editor;
  const offset = lines.offsetAt(position);
  const answer = reading.complete(offset);
  const completions = 'items' in answer ? answer.items : answer;
  const isDot = context?.triggerCharacter === '.';
  const items = completions
    .filter(({ isSnippet }) => isSnippet !== true || editor.hasSnippets)
    // A full stop in a sentence asks for nothing; one in a name goes on with it.
    .filter(({ range, label }) => !isDot || range.start === offset || label.includes('.'))
    .map((each): CompletionItem => {
      const { label, kind, detail, documentation, range, text, isSnippet, order, filter } = each;
      const data: DescribedItem | undefined =
        each.described === undefined ? undefined : { uri, described: each.described };
      return {
        label,
        kind: KINDS[kind],
        sortText: order,
        ...(filter === undefined ? {} : { filterText: filter }),
        textEdit: { range: lines.rangeOf(range), newText: text },
        ...(detail === undefined ? {} : { detail }),
        ...(documentation === undefined
          ? {}
          : { documentation: { kind: MarkupKind.Markdown, value: documentation } }),
        ...(data === undefined ? {} : { data }),
        ...(isSnippet === true ? { insertTextFormat: InsertTextFormat.Snippet } : {}),
        ...(each.continues === true && command !== undefined
          ? { command: { title: 'Complete the value', command } }
          : {}),
      };
    });
  return 'items' in answer ? { items, isIncomplete: true } : items;
}

/** The item with what is shown of it when a person looks at it. */
export async function completionResolve(
  item: CompletionItem,
  view: (uri: string) => Promise<DocumentView | undefined>,
): Promise<CompletionItem> {
  const { uri, described } = describedItem(item.data);
  const description = (await view(uri))?.reading.describe(described);
  if (description === undefined) return item;
  const { detail, documentation } = description;
  return {
    ...item,
    ...(detail === undefined ? {} : { detail }),
    documentation: { kind: MarkupKind.Markdown, value: documentation },
  };
}

function describedItem(data: unknown): DescribedItem {
  const fields = new Map<string, unknown>(
    typeof data === 'object' && data !== null ? Object.entries(data) : [],
  );
  const [uri, described] = [fields.get('uri'), fields.get('described')];
  return {
    uri: typeof uri === 'string' ? uri : '',
    described: typeof described === 'string' ? described : '',
  };
}
