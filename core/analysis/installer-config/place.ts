/** What stands at a place of an installer-config.txt, also while it is half written. */
import type { Assignment, Statement } from '../../formats/installer-config/statement.ts';
import type { TextRange } from '../features.ts';

export type Place =
  /** Where an option's name is, or may begin. */
  | { readonly kind: 'name'; readonly range: TextRange; readonly hasEquals: boolean }
  /** In the value of an option. */
  | {
      readonly kind: 'value';
      readonly name: string;
      /** The whole value without its quotes, as far as the line tells. */
      readonly range: TextRange;
      /** The quote that is open at the place. */
      readonly quote: '"' | "'" | '';
    };

/** Undefined in comments, in commands and where nothing is to be completed. */
export function placeAt(
  text: string,
  statements: readonly Statement[],
  offset: number,
): Place | undefined {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  if (statements.some((statement) => runsOver(statement, lineStart, offset))) return undefined;
  const before = text.slice(lineStart, offset);
  const rest = restOfLine(text, offset);
  const name = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*|)$/.exec(before)?.[1];
  if (name !== undefined) {
    const tail = /^[A-Za-z0-9_]*/.exec(rest)?.[0] ?? '';
    return {
      kind: 'name',
      range: { start: offset - name.length, end: offset + tail.length },
      hasEquals: rest.charAt(tail.length) === '=',
    };
  }
  const value =
    /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=(?:(["'])([^"'\\$`]*)|([^\s"'\\$`;#]*))$/.exec(
      before,
    );
  const [, option, quote, quoted, plain] = value ?? [];
  if (option === undefined) return undefined;
  const length = (quoted ?? plain ?? '').length;
  const tail = (quote === undefined ? /^[^\s;#"']*/ : quote === '"' ? /^[^"]*/ : /^[^']*/).exec(
    rest,
  );
  return {
    kind: 'value',
    name: option,
    range: { start: offset - length, end: offset + (tail?.[0].length ?? 0) },
    quote: quote === '"' || quote === "'" ? quote : '',
  };
}

/** The assignment that a place is in: on its name or in its value. */
export function assignmentAt(
  statements: readonly Statement[],
  offset: number,
): Assignment | undefined {
  return statements.find(
    (statement): statement is Assignment =>
      statement.kind === 'assignment' &&
      statement.range.start <= offset &&
      offset <= statement.range.end,
  );
}

/** A statement that began on an earlier line and still goes on, or a comment that was begun. */
function runsOver(statement: Statement, lineStart: number, offset: number): boolean {
  const { start, end } = statement.range;
  if (statement.kind === 'comment') return start < offset && offset <= end;
  return statement.kind !== 'unreadable' && start < lineStart && offset < end;
}

function restOfLine(text: string, offset: number): string {
  const end = text.slice(offset).search(/[\r\n]/);
  return end === -1 ? text.slice(offset) : text.slice(offset, offset + end);
}
