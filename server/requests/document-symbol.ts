import { SymbolKind, type DocumentSymbol, type DocumentSymbolParams } from 'vscode-languageserver';
import type { Outline } from '../../core/analysis/features.ts';
import type { Lines } from '../document.ts';
import type { DocumentRequest } from './request.ts';

export const SYMBOL_KINDS: Readonly<Record<Outline['kind'], SymbolKind>> = {
  setting: SymbolKind.Property,
  command: SymbolKind.Event,
  file: SymbolKind.File,
  section: SymbolKind.Namespace,
  play: SymbolKind.Class,
  task: SymbolKind.Method,
  variable: SymbolKind.Variable,
  host: SymbolKind.Object,
  group: SymbolKind.Package,
};

export const documentSymbol: DocumentRequest<DocumentSymbolParams, DocumentSymbol[]> = ({
  reading,
  lines,
}) => reading.outline().map((each) => symbolOf(each, lines));

function symbolOf(
  { name, detail, kind, range, nameRange, children }: Outline,
  lines: Lines,
): DocumentSymbol {
  return {
    name,
    detail,
    kind: SYMBOL_KINDS[kind],
    range: lines.rangeOf(range),
    selectionRange: lines.rangeOf(nameRange),
    ...(children === undefined
      ? {}
      : { children: children.map((child) => symbolOf(child, lines)) }),
  };
}
