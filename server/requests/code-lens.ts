import type { CodeLens } from 'vscode-languageserver';
import type { DocumentView } from '../session.ts';

/** Only for an editor that has a command to show a preview. */
export function codeLens(
  { uri, reading, lines }: DocumentView,
  previewCommand: string | undefined,
): CodeLens[] {
  if (previewCommand === undefined) return [];
  return reading.lenses().map(({ range, title }) => ({
    range: lines.rangeOf(range),
    command: { title, command: previewCommand, arguments: [uri] },
  }));
}
