/** Which words of a template with faults can be believed. */
import type { Range, SyntaxFault, SyntaxFaultKind } from './tree.ts';

/** What is wrong with the order of tags, not with the words in them. */
const OF_BLOCKS: ReadonlySet<SyntaxFaultKind> = new Set([
  'unclosed-block',
  'misplaced-tag',
  'unknown-tag',
]);

/**
 * A word that stands in a tag without faults was meant as it was read: a mistake in one tag is none
 * in the others. A tag ends at `}}` or `%}`; with other delimiters the line has to do.
 */
export function isBesideFaults(
  text: string,
  faults: readonly SyntaxFault[],
  { start, end }: Range,
): boolean {
  return faults.every((fault) => {
    if (OF_BLOCKS.has(fault.kind)) return true;
    const between =
      fault.start >= end ? text.slice(end, fault.start) : text.slice(fault.end, start);
    const isApart = fault.start >= end || fault.end <= start;
    const tagEnd = /\{\{|\{%/.test(text) ? /[%}]\}/ : /\n/;
    return isApart && tagEnd.test(between);
  });
}
