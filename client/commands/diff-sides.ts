/** The two texts that a unified diff of all their lines was made of; pure. */

export type Sides = { readonly before: string; readonly after: string };

/** `diff` must have every unchanged line in it; of one that has fewer they are missing. */
export function sidesOfDiff(diff: string): Sides {
  const sides = { before: '', after: '' };
  let last: readonly (keyof Sides)[] = [];
  for (const line of linesOfHunks(diff)) {
    if (line.startsWith('\\')) {
      // “No newline at end of file”: of the line before.
      for (const side of last) sides[side] = sides[side].slice(0, -1);
      continue;
    }
    last = line.startsWith('-') ? ['before'] : line.startsWith('+') ? ['after'] : BOTH;
    for (const side of last) sides[side] += `${line.slice(1)}\n`;
  }
  return sides;
}

const BOTH = ['before', 'after'] as const;

/** Without the headers: a line of a text may look like one. */
function linesOfHunks(diff: string): string[] {
  const lines = diff.replace(/\n$/, '').split('\n');
  const found: string[] = [];
  let left = { before: 0, after: 0 };
  for (const line of lines) {
    const [, before, after] = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line) ?? [];
    const isOpen = left.before > 0 || left.after > 0;
    if (!isOpen && line.startsWith('@@')) {
      left = { before: Number(before ?? 1), after: Number(after ?? 1) };
    } else if (line.startsWith('\\')) {
      if (found.length > 0) found.push(line);
    } else if (isOpen) {
      found.push(line);
      left = {
        before: left.before - (line.startsWith('+') ? 0 : 1),
        after: left.after - (line.startsWith('-') ? 0 : 1),
      };
    }
  }
  return found;
}
