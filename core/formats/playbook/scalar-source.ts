/** Where the characters of a scalar’s content stand in the text it was read from. */
import type { ScalarNode } from './node.ts';

/**
 * For each UTF-16 unit of the scalar’s content its offset in `text`, and one more for its end.
 * Folded line ends stand for the first space or line end of the fold.
 */
export function sourceOffsets(text: string, scalar: ScalarNode): readonly number[] {
  const content = scalar.text;
  const quoted = scalar.style === 'single' || scalar.style === 'double';
  let at = quoted ? scalar.start + 1 : scalar.start;
  if (scalar.style === 'literal' || scalar.style === 'folded') at = lineAfter(text, at);
  const offsets: number[] = [];
  for (let index = 0; index < content.length; index++) {
    const wanted = content.charAt(index);
    if (isBlank(wanted)) {
      const fold = foldAt(text, at);
      if (fold !== undefined && text.charAt(at) !== wanted) {
        offsets.push(at);
        // The line ends of a content stand in the fold as well: it is left with its last one.
        if (!isBlank(content.charAt(index + 1)) || content.charAt(index + 1) === ' ') at = fold;
        continue;
      }
    } else {
      at = skipIndentation(text, at, wanted);
    }
    if (scalar.style === 'double' && text.charAt(at) === '\\') {
      const fold = /^\\\r?\n[ \t]*/.exec(text.slice(at, at + 200));
      if (fold !== null) at += fold[0].length;
    }
    offsets.push(Math.min(at, scalar.end));
    at += unitLength(text, at, scalar);
  }
  offsets.push(Math.min(at, quoted ? Math.max(scalar.start, scalar.end - 1) : scalar.end));
  return offsets;
}

/** How many units of the text one of the content takes. */
function unitLength(text: string, at: number, scalar: ScalarNode): number {
  if (scalar.style === 'single') return text.startsWith("''", at) ? 2 : 1;
  if (scalar.style !== 'double' || text.charAt(at) !== '\\') return 1;
  const digits = { x: 2, u: 4, U: 8 }[text.charAt(at + 1)] ?? 0;
  return 2 + digits;
}

const isBlank = (char: string): boolean => char === ' ' || char === '\n' || char === '\t';

/** The end of the line end and indentation that begins here; undefined where none does. */
function foldAt(text: string, at: number): number | undefined {
  const match = /[ \t]*(?:\r?\n[ \t]*)+/y;
  match.lastIndex = at;
  return match.exec(text) === null ? undefined : match.lastIndex;
}

/** The content goes on behind indentation, and behind the line end before it. */
function skipIndentation(text: string, at: number, wanted: string): number {
  if (text.charAt(at) === wanted) return at;
  const match = /[ \t\r\n]*/y;
  match.lastIndex = at;
  match.exec(text);
  return text.charAt(match.lastIndex) === wanted ? match.lastIndex : at;
}

function lineAfter(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  if (newline < 0) return text.length;
  const match = /[ \t]*/y;
  match.lastIndex = newline + 1;
  match.exec(text);
  return match.lastIndex;
}
