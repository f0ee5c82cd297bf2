import { MarkupKind, type Hover, type HoverParams } from 'vscode-languageserver';
import type { DocumentRequest } from './request.ts';

export const hover: DocumentRequest<HoverParams, Hover | null> = (
  { reading, lines },
  { position },
) => {
  const found = reading.hover(lines.offsetAt(position));
  if (found === undefined) return null;
  return {
    contents: { kind: MarkupKind.Markdown, value: found.markdown },
    range: lines.rangeOf(found.range),
  };
};
