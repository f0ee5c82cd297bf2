import type { Command } from '../../../formats/installer-config/statement.ts';
import type { LineRule } from '../items.ts';
import { equalsSignFault, joined } from './spaces-around-equals.ts';

/** `name=two words` runs “words”; `name=a&b` runs “b”. Both leave the option empty. */
export const unquotedValue: LineRule = {
  code: 'unquoted-value',
  *check({ text, statements }) {
    for (const statement of statements) {
      if (statement.kind !== 'command' || statement.own) continue;
      const cut = cutValue(text, statement);
      if (cut === undefined) continue;
      yield {
        start: cut.start,
        end: cut.end,
        message: `${cut.name} has no value here: without quotes the shell takes only the first part, and the rest for a command.`,
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

/** An assignment whose value goes on behind a blank, or behind `&`, `|`, `<`, `>`. */
export function cutValue(
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
  const written = text.slice(valueStart, end);
  if (plain && index >= 0) {
    const value = { range: last.valueRange, value: last.value };
    const quoted = joined(text, [value, ...words.slice(index + 1)]);
    return { name: last.name, start: last.range.start, end: range.end, valueStart, quoted };
  }
  // An operator cut it: what is written between is meant literally, unless quotes say otherwise.
  const quoted = /['"\\$`\n\r]/.test(written) ? undefined : `'${written.trimEnd()}'`;
  return { name: last.name, start: last.range.start, end, valueStart, quoted };
}

/** To the end of the line, without a comment or the blanks in front of it. */
function wrapUp(text: string, from: number): number {
  const rest = /^[^\n\r]*/.exec(text.slice(from))?.[0] ?? '';
  return from + rest.replace(/\s#.*$/, '').trimEnd().length;
}
