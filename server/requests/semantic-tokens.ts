import type { SemanticTokens, SemanticTokensParams } from 'vscode-languageserver';
import { TOKEN_MODIFIERS, TOKEN_TYPES } from '../../core/analysis/features.ts';
import type { DocumentRequest } from './request.ts';

/** Five numbers a token: lines and characters from the one before, length, type, modifiers. */
export const semanticTokens: DocumentRequest<SemanticTokensParams, SemanticTokens> = ({
  reading,
  lines,
}) => {
  const data: number[] = [];
  let before = { line: 0, character: 0 };
  for (const { start, end, type, modifiers } of reading.tokens()) {
    const bits = modifiers.reduce((sum, name) => sum | (1 << TOKEN_MODIFIERS.indexOf(name)), 0);
    // A token must not reach over the end of a line.
    for (const { from, length } of pieces(lines.text, start, end)) {
      const { line, character } = lines.positionAt(from);
      const column = line === before.line ? character - before.character : character;
      data.push(line - before.line, column, length, TOKEN_TYPES.indexOf(type), bits);
      before = { line, character };
    }
  }
  return { data };
};

function pieces(text: string, start: number, end: number): { from: number; length: number }[] {
  return [...text.slice(start, end).matchAll(/[^\r\n]+/g)].map((match) => ({
    from: start + match.index,
    length: match[0].length,
  }));
}
