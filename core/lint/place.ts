/** Where a finding stands, as people and other programs count: lines and columns from 1. */

export type Place = { readonly line: number; readonly column: number };

/** Offsets of the beginnings of lines, for placeAt. */
export function lineStartsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Columns count UTF-16 code units, as editors do. */
export function placeAt(lineStarts: readonly number[], offset: number): Place {
  let low = 0;
  let high = lineStarts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((lineStarts[middle] ?? Infinity) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
}

/** The text of a line without its end. */
export function lineAt(text: string, lineStarts: readonly number[], line: number): string {
  return text.slice(lineStarts[line - 1] ?? 0, lineStarts[line] ?? text.length).trimEnd();
}
