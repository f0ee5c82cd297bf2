/**
 * Formatting that never changes a value: blanks around statements, blank lines, line ends. What
 * stands inside of a statement or behind something unreadable stays as it is, quotes included.
 */
import type { TextEdit } from '../text-edit.ts';
import { splitCommandLines } from './parse.ts';
import type { CommandLine, Range } from './statement.ts';

/** The edits that format the text; none for one that is formatted. */
export function formatEdits(text: string): TextEdit[] {
  const lineEnd = commonLineEnd(text);
  const lines = splitCommandLines(text, []);
  const edits: TextEdit[] = [];
  /** True before the first line that is not blank, and behind a blank one. */
  let dropsBlank = true;
  /** The blank line that would be the last, if nothing else follows. */
  let lastBlank: TextEdit | undefined;
  for (const { item, start } of lines) {
    const end = start + item.text.length;
    if (isBlank(item)) {
      const kept = dropsBlank ? '' : lineEnd;
      if (item.text !== kept) edits.push({ start, end, text: kept });
      if (!dropsBlank) lastBlank = { start, end, text: '' };
      dropsBlank = true;
      continue;
    }
    dropsBlank = false;
    lastBlank = undefined;
    for (const edit of lineEdits(item, lineEnd)) {
      edits.push({ start: start + edit.start, end: start + edit.end, text: edit.text });
    }
  }
  if (lastBlank === undefined) return edits;
  const { start } = lastBlank;
  return [...edits.filter((edit) => edit.start !== start), lastBlank];
}

function isBlank({ text, statements }: CommandLine): boolean {
  return statements.length === 0 && /^[ \t]*\r?\n?$/.test(text);
}

/** Offsets of the line. */
function lineEdits({ text, statements, complete }: CommandLine, lineEnd: string): TextEdit[] {
  if (!complete || statements.some(({ kind }) => kind === 'unreadable')) return [];
  const edits: TextEdit[] = [];
  const replace = ({ start, end }: Range, by: string): void => {
    if (text.slice(start, end) !== by) edits.push({ start, end, text: by });
  };
  let at = 0;
  for (const [index, { kind, range }] of statements.entries()) {
    const gap = { start: at, end: range.start };
    const written = text.slice(gap.start, gap.end);
    if (index === 0) {
      if (/^[ \t]+$/.test(written)) replace(gap, '');
    } else if (/^[ \t]*;[ \t]*$/.test(written)) {
      replace(gap, '; ');
    } else if (/^[ \t]+$/.test(written) && kind !== 'comment') {
      // Blanks in front of a comment may be there to align it with others.
      replace(gap, ' ');
    }
    at = range.end;
  }
  const last = statements.at(-1);
  if (last?.kind === 'comment') {
    at = last.range.start + text.slice(last.range.start, at).replace(/[ \t]+$/, '').length;
  }
  if (/^[ \t]*;?[ \t]*\r?\n?$/.test(text.slice(at))) {
    replace({ start: at, end: text.length }, lineEnd);
  }
  return edits;
}

/** The one that most lines have. */
function commonLineEnd(text: string): '\n' | '\r\n' {
  const all = text.split('\n').length - 1;
  const withReturn = text.split('\r\n').length - 1;
  return withReturn * 2 > all ? '\r\n' : '\n';
}
