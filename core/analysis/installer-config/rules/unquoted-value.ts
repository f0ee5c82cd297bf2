import { otherDialect, type Dialect } from '../../../data/installer-dialects.ts';
import { decisiveCommand } from '../../../formats/installer-config/commands.ts';
import type {
  Assignment,
  Command,
  Statement,
} from '../../../formats/installer-config/statement.ts';
import { nearest } from '../../../inventory/nearest.ts';
import type { LineRule } from '../items.ts';
import { equalsSignFault, joined } from './spaces-around-equals.ts';

/** `name=two words` runs “words”; `name=a&b` runs “b”. Both leave the option empty. */
export const unquotedValue: LineRule = {
  code: 'unquoted-value',
  *check({ text, statements }, dialect) {
    for (const cut of [
      ...cutValues(text, statements),
      ...valuesCutByAssignment(text, statements, dialect),
    ]) {
      yield {
        start: cut.start,
        end: cut.end,
        message: `Without quotes the shell does not take all of this for the value of ${cut.name}: it runs the rest as a command.`,
        ...(cut.quoted === undefined
          ? {}
          : {
              fixes: [
                {
                  title: 'Put the value into quotes',
                  edits: [{ start: cut.valueStart, end: cut.end, text: cut.quoted }],
                  preferred: true,
                },
              ],
            }),
      };
    }
  },
};

export type CutValue = {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly valueStart: number;
  /** The whole value between quotes; undefined where that can't be told. */
  readonly quoted: string | undefined;
};

/** Every value of a command line that goes on where the shell ends it. */
export function cutValues(text: string, statements: readonly Statement[]): CutValue[] {
  const cuts: CutValue[] = [];
  for (const [index, statement] of statements.entries()) {
    if (statement.kind !== 'command' || statement.own) continue;
    if (statement.range.start < (cuts.at(-1)?.end ?? 0)) continue;
    const cut = cutValue(text, statement) ?? cutBySemicolon(text, statements[index - 1], statement);
    if (cut !== undefined) cuts.push(cut);
  }
  return cuts;
}

/** `name=a;b`: somebody who means two statements leaves a blank, or writes a setting. */
function cutBySemicolon(
  text: string,
  before: Statement | undefined,
  command: Command,
): CutValue | undefined {
  if (before?.kind !== 'assignment' || decisiveCommand(command) !== undefined) return undefined;
  if (text.slice(before.range.end, command.range.start) !== ';') return undefined;
  if (equalsSignFault(text, command) !== undefined) return undefined;
  const { name, range, valueRange } = before;
  const end = wrapUp(text, command.range.end);
  const quoted = literally(text.slice(valueRange.start, end));
  return { name, start: range.start, end, valueStart: valueRange.start, quoted };
}

/** `userpw=pa;ss=1`: what follows is a variable that nobody knows, or wrote by a slip. */
function valuesCutByAssignment(
  text: string,
  statements: readonly Statement[],
  dialect: Dialect,
): CutValue[] {
  return statements.flatMap((statement, index) => {
    const before = statements[index - 1];
    if (!isRestOfValue(text, before, statement, dialect)) return [];
    const { name, range, valueRange } = before;
    const end = wrapUp(text, statement.range.end);
    const quoted = literally(text.slice(valueRange.start, end));
    return [{ name, start: range.start, end, valueStart: valueRange.start, quoted }];
  });
}

/** Whether an assignment right behind another one's `;` is rather the end of the value before it. */
export function isRestOfValue(
  text: string,
  before: Statement | undefined,
  statement: Statement,
  dialect: Dialect,
): before is Assignment {
  if (before?.kind !== 'assignment' || statement.kind !== 'assignment') return false;
  if (text.slice(before.range.end, statement.range.start) !== ';') return false;
  const known = [dialect, otherDialect(dialect)].flatMap(({ options, internals }) => [
    ...options.map(({ name }) => name),
    ...internals.keys(),
  ]);
  return !known.includes(statement.name) && nearest(statement.name, known).length === 0;
}

/** What is written is meant as it is, unless quotes and the like say otherwise. */
function literally(written: string): string | undefined {
  return /['"\\$`\n\r]/.test(written) ? undefined : `'${written.trimEnd()}'`;
}

/** An assignment whose value goes on behind a blank, or behind `&`, `|`, `<`, `>`. */
function cutValue(
  text: string,
  command: Pick<Command, 'words' | 'plain' | 'range'>,
): CutValue | undefined {
  const { words, plain, range } = command;
  const first = words[0]?.assignment;
  if (first === undefined || equalsSignFault(text, command) !== undefined) return undefined;
  // Several assignments before a command: the last one's value is what goes on.
  const index = words.findIndex((word) => word.assignment === undefined) - 1;
  const last = words[index]?.assignment ?? first;
  const valueStart = last.valueRange.start;
  const end = wrapUp(text, range.end);
  if (plain && index >= 0) {
    const value = { range: last.valueRange, value: last.value };
    const quoted = joined(text, [value, ...words.slice(index + 1)]);
    return { name: last.name, start: last.range.start, end: range.end, valueStart, quoted };
  }
  // An operator cut it.
  const quoted = literally(text.slice(valueStart, end));
  return { name: last.name, start: last.range.start, end, valueStart, quoted };
}

/** To the end of the line, without a comment or the blanks in front of it. */
function wrapUp(text: string, from: number): number {
  const rest = /^[^\n\r]*/.exec(text.slice(from))?.[0] ?? '';
  return from + rest.replace(/\s#.*$/, '').trimEnd().length;
}
