import type { Statement } from '../../../formats/installer-config/statement.ts';
import type { FileRule } from '../items.ts';
import { placeOfFault } from './syntax-error.ts';

/** What stands behind an `exit`, or behind the line where the shell stopped reading. */
export const neverRead: FileRule = {
  code: 'never-read',
  *check({ text, statements, end }) {
    if (end === undefined) return;
    const rest = restOf(text, statements, end.statement);
    // Comments and blank lines are no loss.
    const lost = statements.some(
      ({ kind, range }) => kind !== 'comment' && kind !== 'unreadable' && range.start >= rest.start,
    );
    const unread =
      end.statement.kind === 'unreadable' &&
      text.slice(rest.start, rest.end).split('\n').some(isNoComment);
    if (rest.start >= rest.end || (!lost && !unread)) return;
    yield {
      ...rest,
      message: `The shell never gets here: ${
        end.statement.kind === 'unreadable'
          ? 'it stopped at the fault above'
          : 'the file ends above'
      }. These options take their defaults.`,
      tags: ['unnecessary'],
      related: [{ message: 'Reading ends here.', ...placeOf(text, end.statement) }],
    };
  },
};

/** From what follows on the line that ends the reading; else from the line behind it. */
function restOf(
  text: string,
  statements: readonly Statement[],
  last: Statement,
): { start: number; end: number } {
  const next = statements[statements.indexOf(last) + 1];
  const between = next === undefined ? '\n' : text.slice(last.range.end, next.range.start);
  if (next !== undefined && next.kind !== 'comment' && !between.includes('\n')) {
    return { start: next.range.start, end: text.trimEnd().length };
  }
  const lineEnd = text.indexOf('\n', placeOf(text, last).end);
  const behind = lineEnd === -1 ? text.length : lineEnd + 1;
  const start = behind + (/^\s*/.exec(text.slice(behind))?.[0].length ?? 0);
  return { start, end: Math.max(start, text.trimEnd().length) };
}

function placeOf(text: string, statement: Statement): { start: number; end: number } {
  return statement.kind === 'unreadable' ? placeOfFault(text, statement) : statement.range;
}

function isNoComment(line: string): boolean {
  return line.trim() !== '' && !line.trim().startsWith('#');
}
