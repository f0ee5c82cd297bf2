import type { Assignment, Expansion } from '../../../formats/installer-config/statement.ts';
import type { Draft } from '../../rule.ts';
import { assignmentsOf, type FileRule } from '../items.ts';

const WHAT: Readonly<Record<Expansion['kind'], string>> = {
  variable: 'puts a variable’s value in its place',
  parameter: 'computes something in its place',
  command: 'runs a program and puts what it prints in its place',
  arithmetic: 'computes a number in its place',
  ansi: 'reads this kind of quote in its own way',
  tilde: 'puts a home folder in its place',
  brace: 'makes several words of it',
};

/** `$`, backquotes, `~`: bash puts something else there when it reads the file. */
export const shellExpansion: FileRule = {
  code: 'shell-expansion',
  *check({ text, dialect, statements, end }) {
    const written = new Set<string>();
    for (const assignment of assignmentsOf(statements)) {
      if (assignment.range.start >= (end?.at ?? Infinity)) return;
      // Where the shell reads the value a second time, quotes would not help.
      const twice = dialect.option(assignment.name)?.evaluated !== undefined;
      const literal = twice ? undefined : literally(text, assignment);
      for (const expansion of assignment.expansions) {
        yield describe(text, assignment, expansion, literal, written);
      }
      written.add(assignment.name);
    }
  },
};

function describe(
  text: string,
  assignment: Assignment,
  expansion: Expansion,
  literal: string | undefined,
  written: ReadonlySet<string>,
): Draft {
  const { start, end, kind } = expansion;
  const name = /^\$\{?(\w+)\}?$/.exec(text.slice(start, end))?.[1];
  if (kind === 'variable' && name !== undefined && written.has(name)) {
    return {
      start,
      end,
      severity: 'information',
      message: `The shell puts the value of ${name} here, which is set above.`,
    };
  }
  return {
    start,
    end,
    message: `This is not taken as it is written: the shell ${WHAT[kind]}.`,
    ...(literal === undefined
      ? {}
      : {
          fixes: [
            {
              title: 'Put the value into single quotes, so that it is taken as it is',
              edits: [{ ...assignment.valueRange, text: literal }],
              preferred: true,
            },
          ],
        }),
  };
}

/** The value with its characters as they are written, between single quotes. */
function literally(text: string, { valueRange, parts }: Assignment): string | undefined {
  const raw = text.slice(valueRange.start, valueRange.end);
  if (/[\n\r]/.test(raw)) return undefined;
  const whole = /^"((?:[^"\\]|\\.)*)"$/.exec(raw);
  if (whole?.[1] !== undefined) return quoted(whole[1].replace(/\\([$`"\\])/g, '$1'));
  return parts.every(({ kind }) => kind === 'plain' || kind === 'expansion') && !/["'\\]/.test(raw)
    ? quoted(raw)
    : undefined;
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
