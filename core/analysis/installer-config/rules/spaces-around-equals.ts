import { shellWord } from '../../../command/command.ts';
import type { Command, Range } from '../../../formats/installer-config/statement.ts';
import type { LineRule } from '../items.ts';

/** `key = value` runs a program called key, and leaves the option empty. */
export const spacesAroundEquals: LineRule = {
  code: 'spaces-around-equals',
  *check({ text, statements }) {
    for (const statement of statements) {
      if (statement.kind !== 'command' || statement.own) continue;
      const fault = equalsSignFault(text, statement);
      if (fault === undefined) continue;
      yield {
        ...statement.range,
        message: `No spaces may stand around “=”: the shell runs a part of this as a command, and ${fault.name} stays empty.`,
        ...(fault.value === undefined
          ? {}
          : {
              fixes: [
                {
                  title: `Write ${fault.name}=… without spaces`,
                  edits: [{ ...statement.range, text: `${fault.name}=${fault.value}` }],
                  preferred: true,
                },
              ],
            }),
      };
    }
  },
};

export type EqualsSignFault = {
  readonly name: string;
  /** What was meant, as it is to be written; undefined where that can't be told. */
  readonly value: string | undefined;
};

/** `key = value`, `key =value` and `key= value`. */
export function equalsSignFault(
  text: string,
  { words, plain }: Pick<Command, 'words' | 'plain'>,
): EqualsSignFault | undefined {
  const [first, second, third] = words;
  if (first === undefined || second === undefined || !plain) return undefined;
  const written = ({ start, end }: Range): string => text.slice(start, end);
  if (/^[A-Za-z_]\w*=$/.test(written(first.range))) {
    const name = written(first.range).slice(0, -1);
    return { name, value: joined(text, words.slice(1)) };
  }
  if (!/^[A-Za-z_]\w*$/.test(written(first.range)) || !written(second.range).startsWith('=')) {
    return undefined;
  }
  const name = written(first.range);
  if (written(second.range) === '=') {
    return { name, value: third === undefined ? '' : joined(text, words.slice(2)) };
  }
  const start = second.range.start + 1;
  const rest = [{ range: { start, end: second.range.end }, value: second.value?.slice(1) }];
  return { name, value: joined(text, [...rest, ...words.slice(2)]) };
}

/** Words with the blanks between them as one word; a single one stays as it is written. */
export function joined(
  text: string,
  words: readonly { readonly range: Range; readonly value: string | undefined }[],
): string | undefined {
  const [only] = words;
  if (words.length === 1 && only !== undefined) return text.slice(only.range.start, only.range.end);
  let value = '';
  for (const [index, word] of words.entries()) {
    if (word.value === undefined) return undefined;
    const before = words[index - 1];
    value += before === undefined ? '' : text.slice(before.range.end, word.range.start);
    value += word.value;
  }
  return /[\n\r]/.test(value) ? undefined : shellWord(value);
}
