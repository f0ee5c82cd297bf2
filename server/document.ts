/** A text that the editor holds: LSP counts lines and UTF-16 characters, we count offsets. */
import type { Position, Range, TextDocumentContentChangeEvent } from 'vscode-languageserver';
import type { TextRange } from '../core/analysis/features.ts';

export type OpenText = {
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
};

/** The text after the changes, one after the other; each counts in what the ones before left. */
export function changedText(
  text: string,
  changes: readonly TextDocumentContentChangeEvent[],
): string {
  let result = text;
  for (const change of changes) {
    if (!('range' in change)) {
      result = change.text;
      continue;
    }
    const { start, end } = offsetsOf(new Lines(result), change.range);
    result = result.slice(0, start) + change.text + result.slice(end);
  }
  return result;
}

/** Where the lines of a text begin: what LSP takes for an end of line are \n, \r\n and \r. */
export class Lines {
  readonly text: string;
  readonly #starts: readonly number[];

  constructor(text: string) {
    this.text = text;
    const starts = [0];
    const lineEnd = /\r\n?|\n/g;
    while (lineEnd.exec(text) !== null) starts.push(lineEnd.lastIndex);
    this.#starts = starts;
  }

  /** What is beyond a line or the text is its end. */
  offsetAt({ line, character }: Position): number {
    const start = this.#starts[line];
    if (start === undefined) return line < 0 ? 0 : this.text.length;
    const next = this.#starts[line + 1];
    const end = next === undefined ? this.text.length : this.#endBefore(next);
    return Math.min(start + Math.max(0, character), end);
  }

  positionAt(offset: number): Position {
    const at = Math.min(Math.max(0, offset), this.text.length);
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? Infinity) <= at) low = middle;
      else high = middle;
    }
    return { line: low, character: at - (this.#starts[low] ?? 0) };
  }

  rangeOf({ start, end }: TextRange): Range {
    return { start: this.positionAt(start), end: this.positionAt(end) };
  }

  #endBefore(next: number): number {
    const isPair = this.text.charAt(next - 1) === '\n' && this.text.charAt(next - 2) === '\r';
    return next - (isPair ? 2 : 1);
  }
}

export function offsetsOf(lines: Lines, { start, end }: Range): TextRange {
  const from = lines.offsetAt(start);
  return { start: from, end: Math.max(from, lines.offsetAt(end)) };
}
