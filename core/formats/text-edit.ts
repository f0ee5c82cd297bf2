/** Edits of a text by source ranges: what a person wrote outside of them stays, byte for byte. */

/** Replaces `text.slice(start, end)`; offsets are UTF-16 code units, as in JavaScript strings. */
export type TextEdit = { readonly start: number; readonly end: number; readonly text: string };

/** `text` after the edits. Their ranges refer to `text` and must not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const edit of inOrder(edits)) {
    if (edit.start < at || edit.end < edit.start || edit.end > text.length) {
      throw new RangeError('Edits overlap, or reach beyond the text.');
    }
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return parts.join('') + text.slice(at);
}

/** Makes the edits of one text; see composeEdits. */
export type TextChange = (text: string) => readonly TextEdit[];

/**
 * Plays changes one after the other, each on the text the earlier ones made, and returns the
 * edits that do all of it on the first text.
 */
export function composeEdits(text: string, changes: Iterable<TextChange>): TextEdit[] {
  let current = text;
  let pieces: Piece[] = text === '' ? [] : [{ start: 0, end: text.length }];
  for (const change of changes) {
    const edits = change(current);
    current = applyEdits(current, edits);
    // From the last to the first, so that the offsets of the others still hold.
    for (const edit of inOrder(edits).reverse()) pieces = replacePieces(pieces, edit);
  }
  return editsOf(pieces, text.length);
}

/** A stretch of the first text, or new text. */
type Piece = { readonly start: number; readonly end: number } | { readonly text: string };

const lengthOf = (piece: Piece): number =>
  'text' in piece ? piece.text.length : piece.end - piece.start;

function replacePieces(pieces: readonly Piece[], edit: TextEdit): Piece[] {
  const before = cut(pieces, 0, edit.start);
  const after = cut(pieces, edit.end, Infinity);
  return [...before, ...(edit.text === '' ? [] : [{ text: edit.text }]), ...after];
}

/** The part of the pieces between two offsets of the current text. */
function cut(pieces: readonly Piece[], from: number, to: number): Piece[] {
  const kept: Piece[] = [];
  let at = 0;
  for (const piece of pieces) {
    const length = lengthOf(piece);
    const first = Math.max(0, from - at);
    const last = Math.min(length, to - at);
    if (first < last) {
      kept.push(
        'text' in piece
          ? { text: piece.text.slice(first, last) }
          : { start: piece.start + first, end: piece.start + last },
      );
    }
    at += length;
  }
  return kept;
}

function editsOf(pieces: readonly Piece[], length: number): TextEdit[] {
  const edits: TextEdit[] = [];
  let at = 0;
  let added = '';
  for (const piece of [...pieces, { start: length, end: length }]) {
    if ('text' in piece) {
      added += piece.text;
      continue;
    }
    if (added !== '' || piece.start > at) edits.push({ start: at, end: piece.start, text: added });
    added = '';
    at = piece.end;
  }
  return edits;
}

/** By start; those at one place in the order given. */
function inOrder(edits: readonly TextEdit[]): TextEdit[] {
  return edits
    .map((edit, index) => ({ edit, index }))
    .sort((a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end || a.index - b.index)
    .map(({ edit }) => edit);
}
