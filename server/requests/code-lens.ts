import type { CodeLens } from 'vscode-languageserver';
import type { DocumentView } from '../session.ts';

/** Only those that the editor has a command for: to show a preview, to run a playbook. */
export function codeLens(
  { uri, reading, lines }: DocumentView,
  editor: {
    readonly previewCommand: string | undefined;
    readonly runCommand: string | undefined;
  },
): CodeLens[] {
  return reading.lenses().flatMap(({ range, title, runs }) => {
    const command = runs === undefined ? editor.previewCommand : editor.runCommand;
    if (command === undefined) return [];
    const words = runs === undefined ? [uri] : [uri, runs];
    return [{ range: lines.rangeOf(range), command: { title, command, arguments: words } }];
  });
}
