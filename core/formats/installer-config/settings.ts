/** What the variables of an installer-config.txt are once the installer has sourced it. */
import { decisiveCommand, endingCommand, isHarmless } from './commands.ts';
import type { Assignment, Expansion, Statement } from './statement.ts';

export type Settings = {
  /** Every variable that is assigned; undefined where its value depends on the running shell. */
  readonly values: ReadonlyMap<string, string | undefined>;
  /** The assignment that decides each: the last that takes effect. */
  readonly assignments: ReadonlyMap<string, Assignment>;
  /** Assignments that a later one replaces, in order. */
  readonly lost: readonly { readonly assignment: Assignment; readonly by: Assignment }[];
  /** False when a command or unread code may have set any variable, also one not in `values`. */
  readonly certain: boolean;
  /** Where the reading ends before the text does; undefined where it goes on to the last line. */
  readonly end: ReadingEnd | undefined;
};

export type ReadingEnd = {
  /** Nothing from this offset on happens. */
  readonly at: number;
  /** exit, exec: the installer itself ends, too. quote, syntax: it goes on with defaults. */
  readonly kind: 'exit' | 'exec' | 'return' | 'quote' | 'syntax';
  readonly statement: Statement;
};

/** The settings after the last line that is read. */
export function settingsOf({
  statements,
}: {
  readonly statements: readonly Statement[];
}): Settings {
  const values = new Map<string, string | undefined>();
  const assignments = new Map<string, Assignment>();
  const lost: { assignment: Assignment; by: Assignment }[] = [];
  /** Names whose value something has read since it was assigned: then it was not in vain. */
  const read = new Set<string>();
  let certain = true;
  /** False from the first command on that may end the reading, or forbid assignments. */
  let counts = true;
  let end: ReadingEnd | undefined;

  const forget = (): void => {
    certain = false;
    for (const name of values.keys()) values.set(name, undefined);
  };
  const assigned = ({ name, value, append }: Assignment): string | undefined => {
    if (!counts || value === undefined) return undefined;
    if (!append) return value;
    if (!values.has(name)) return certain ? value : undefined;
    const before = values.get(name);
    return before === undefined ? undefined : before + value;
  };

  for (const statement of statements) {
    if (statement.kind === 'assignment') {
      const { name } = statement;
      const before = assignments.get(name);
      for (const each of namesIn(statement.expansions)) read.add(each);
      if (before !== undefined && !statement.append && counts && !read.has(name)) {
        lost.push({ assignment: before, by: statement });
      }
      assignments.set(name, statement);
      read.delete(name);
      values.set(name, assigned(statement));
      if (statement.expansions.some(({ affects }) => affects)) {
        forget();
        counts = false;
      }
    } else if (statement.kind === 'unreadable') {
      if (statement.fault === 'shell') forget();
      else if (counts) {
        end = { at: statement.range.start, kind: statement.fault, statement };
      }
    } else if (statement.kind === 'command') {
      for (const word of statement.words) {
        for (const each of namesIn(word.expansions)) read.add(each);
      }
      const kind = endingCommand(statement);
      if (kind !== undefined && counts) {
        end = { at: statement.range.end, kind, statement };
        break;
      }
      if (!isHarmless(statement)) forget();
      if (decisiveCommand(statement) !== undefined) counts = false;
    }
  }
  return { values, assignments, lost, certain, end };
}

/** Every name in expansions, as any of them may be a variable. */
function namesIn(expansions: readonly Expansion[]): string[] {
  return expansions.flatMap(({ text }) => text.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []);
}
