import type { CodeLens } from 'vscode-languageserver';
import type { ServerOptions } from '../../core/analysis/editor-messages.ts';
import type { DocumentView } from '../session.ts';

/** Only those that the editor has a command for. */
export function codeLens(
  { uri, reading, lines }: DocumentView,
  editor: Pick<
    ServerOptions,
    'previewCommand' | 'verifyCommand' | 'reinstallCommand' | 'runCommand'
  >,
): CodeLens[] {
  return reading.lenses().flatMap(({ range, title, does, runs }) => {
    const command =
      does === 'verify'
        ? editor.verifyCommand
        : does === 'reinstall'
          ? editor.reinstallCommand
          : runs === undefined
            ? editor.previewCommand
            : editor.runCommand;
    if (command === undefined) return [];
    const words = runs === undefined ? [uri] : [uri, runs];
    return [{ range: lines.rangeOf(range), command: { title, command, arguments: words } }];
  });
}
