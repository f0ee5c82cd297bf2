/** The edits that quick fixes of an installer-config.txt are made of. Offsets as in their input. */
import { shellWord } from '../../command/command.ts';
import type { Assignment, Range, Statement } from '../../formats/installer-config/statement.ts';
import type { TextEdit } from '../../formats/text-edit.ts';
import type { Fix } from '../finding.ts';

/** The value replaced, quoted where the shell would take it apart. */
export function writeValue({ valueRange }: Assignment, value: string): TextEdit {
  return { ...valueRange, text: value === '' ? '' : shellWord(value) };
}

export function writeName({ nameRange }: Assignment, name: string): TextEdit {
  return { ...nameRange, text: name };
}

/** “Write … instead”: the common fix of a value. */
export function valueFix(assignment: Assignment, value: string, preferred = true): Fix {
  return {
    title: value === '' ? 'Leave it empty' : `Write ${assignment.name}=${shellWord(value)}`,
    edits: [writeValue(assignment, value)],
    ...(preferred ? { preferred } : {}),
  };
}

/**
 * The lines of an assignment, to be deleted with the comment behind it. Undefined where something
 * else stands on them: deleting would need more than a look at this assignment.
 */
export function deleteLines(text: string, { range }: Assignment): TextEdit | undefined {
  const start = text.lastIndexOf('\n', range.start - 1) + 1;
  const lineEnd = text.indexOf('\n', range.end);
  const end = lineEnd === -1 ? text.length : lineEnd + 1;
  const before = text.slice(start, range.start).trim();
  const after = text.slice(range.end, end).trim();
  const alone = (before === '' || before === 'export') && (after === '' || after.startsWith('#'));
  return alone && !text.slice(0, start).endsWith('\\\n') ? { start, end, text: '' } : undefined;
}

/** “Remove …”, or no fix at all. */
export function removeFix(text: string, assignment: Assignment, preferred = true): readonly Fix[] {
  const edit = deleteLines(text, assignment);
  if (edit === undefined) return [];
  const title = `Remove this ${assignment.name}`;
  return [{ title, edits: [edit], ...(preferred ? { preferred } : {}) }];
}

/**
 * A new line `name=value` behind the line of `after`; undefined where the text ends in something
 * that the new line would become a part of.
 */
export function addLine(
  text: string,
  statements: readonly Statement[],
  after: Range,
  name: string,
  value: string,
): TextEdit | undefined {
  let at = lineEndOf(text, after.end);
  for (;;) {
    const around = statements.find(({ range }) => range.start < at && range.end > at);
    if (around !== undefined) {
      if (around.kind === 'unreadable') return undefined;
      at = lineEndOf(text, around.range.end);
    } else if (text.charAt(at - 1) === '\\') {
      if (at === text.length) return undefined;
      at = lineEndOf(text, at + 2);
    } else break;
  }
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  return { start: at, end: at, text: `${lineEnd}${name}=${shellWord(value)}` };
}

/** A new first line. */
export function addFirst(text: string, line: string): TextEdit {
  return { start: 0, end: 0, text: `${line}${text.includes('\r\n') ? '\r\n' : '\n'}` };
}

/** Before the line feed, or the carriage return before it. */
function lineEndOf(text: string, offset: number): number {
  const found = text.indexOf('\n', offset);
  if (found === -1) return text.length;
  return text.charAt(found - 1) === '\r' && found > offset ? found - 1 : found;
}
