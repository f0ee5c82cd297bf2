/** Tables for the terminal: columns as wide as their widest cell, colours not counted. */
import { stripVTControlCharacters } from 'node:util';

export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) =>
    Math.max(...all.map((row) => visibleWidth(row[column] ?? ''))),
  );
  return all
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - visibleWidth(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function visibleWidth(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
