import type {
  SemanticTokens,
  SemanticTokensDelta,
  SemanticTokensDeltaParams,
  SemanticTokensParams,
} from 'vscode-languageserver';
import { TOKEN_MODIFIERS, TOKEN_TYPES } from '../../core/analysis/features.ts';
import type { DocumentView } from '../session.ts';
import type { DocumentRequest } from './request.ts';

/** Keeps what was sent last of a few documents, so that an editor is told of changes only. */
export function createSemanticTokens(): {
  readonly full: DocumentRequest<SemanticTokensParams, SemanticTokens>;
  readonly delta: DocumentRequest<SemanticTokensDeltaParams, SemanticTokens | SemanticTokensDelta>;
} {
  const sent = new Map<string, { readonly id: string; readonly data: number[] }>();
  let count = 0;
  const keep = (document: DocumentView): { readonly id: string; readonly data: number[] } => {
    const kept = { id: String(++count), data: numbersOf(document) };
    sent.delete(document.uri);
    sent.set(document.uri, kept);
    const [oldest] = sent.keys();
    if (sent.size > MOST_KEPT && oldest !== undefined) sent.delete(oldest);
    return kept;
  };
  return {
    full: (document) => {
      const { id, data } = keep(document);
      return { resultId: id, data };
    },
    delta: (document, { previousResultId }) => {
      const before = sent.get(document.uri);
      const { id, data } = keep(document);
      if (before?.id !== previousResultId) return { resultId: id, data };
      return { resultId: id, edits: editsBetween(before.data, data) };
    },
  };
}

const MOST_KEPT = 50;

/** What differs, between what is the same at the beginning and at the end. */
function editsBetween(
  before: readonly number[],
  after: readonly number[],
): { start: number; deleteCount: number; data: number[] }[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  if (head === before.length && head === after.length) return [];
  const data = after.slice(head, after.length - tail);
  return [{ start: head, deleteCount: before.length - tail - head, data }];
}

/** Five numbers a token: lines and characters from the one before, length, type, modifiers. */
function numbersOf({ reading, lines }: DocumentView): number[] {
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
  return data;
}

function pieces(text: string, start: number, end: number): { from: number; length: number }[] {
  return [...text.slice(start, end).matchAll(/[^\r\n]+/g)].map((match) => ({
    from: start + match.index,
    length: match[0].length,
  }));
}
