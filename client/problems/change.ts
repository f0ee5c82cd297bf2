/** Where a line is after an edit. */

export type LineChange = {
  /** Lines (from 1) and character (from 0) of the replaced range. */
  readonly first: number;
  readonly character: number;
  readonly last: number;
  readonly isInsertion: boolean;
  readonly text: string;
};

/** A line of a file, from 1, and what stands in it. */
export type Line = { readonly line: number; readonly text: string };

/**
 * The line after changes made one after the other; undefined when what stood in it was changed.
 * `lines`: the file after them. Being indented otherwise is no change.
 */
export function followLine(
  { line, text }: Line,
  changes: readonly LineChange[],
  lines: readonly string[],
): number | undefined {
  const isHere = (at: number): boolean => lines[at - 1]?.trim() === text.trim();
  const shifted = changes.reduce((at, change) => shiftedBy(at, change), line);
  if (isHere(shifted)) return shifted;
  // Replaced with all around it: by a formatter, or by what another program wrote.
  const found = lines.flatMap((_, index) => (isHere(index + 1) ? [index + 1] : []));
  return found.length === 1 ? found[0] : undefined;
}

function shiftedBy(
  line: number,
  { first, character, last, isInsertion, text }: LineChange,
): number {
  const added = text.split('\n').length - 1 - (last - first);
  const isBefore = last < line || (last === line && first < line);
  const isInFront = isInsertion && first === line && character === 0;
  return isBefore || isInFront ? line + added : line;
}
