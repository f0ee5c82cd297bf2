/** What an installer-config.txt as a whole says: every option, its value in force, whence it came. */
import type { Condition } from '../../data/installer-condition.ts';
import { holds } from '../../data/installer-condition.ts';
import type { Dialect } from '../../data/installer-dialects.ts';
import { effectiveValue } from '../../formats/installer-config/effective.ts';
import {
  settingsOf,
  type ReadingEnd,
  type Settings,
} from '../../formats/installer-config/settings.ts';
import type { Assignment, Command, Statement } from '../../formats/installer-config/statement.ts';
import type { Range } from '../../formats/installer-config/statement.ts';

export type InstallerFacts = {
  readonly text: string;
  readonly dialect: Dialect;
  /** All of the file, with ranges of the document. */
  readonly statements: readonly Statement[];
  readonly settings: Settings;
  /** The assignment that decides an option's value: the last that takes effect. */
  readonly assignment: (name: string) => Assignment | undefined;
  /** True when the file gives it a value that is not empty, or one that the shell computes. */
  readonly isSet: (name: string) => boolean;
  /**
   * The value in force: the file's, or the default where that is empty or unset; '' for none.
   * Undefined where the shell decides.
   */
  readonly value: (name: string) => string | undefined;
  /** Whether a condition holds; undefined where the shell decides. */
  readonly holds: (condition: Condition) => boolean | undefined;
  /** The line that an unset option is reported on. */
  readonly firstLine: Range;
  /** Where the reading ends before the text does: at an `exit`, or before a syntax error. */
  readonly end: ReadingEnd | undefined;
};

export function factsOf(
  statements: readonly Statement[],
  text: string,
  dialect: Dialect,
): InstallerFacts {
  const settings = settingsOf({ statements });
  const value = (name: string): string | undefined => effectiveValue(settings, dialect, name);
  const lineEnd = text.search(/[\r\n]/);
  return {
    text,
    dialect,
    statements,
    settings,
    assignment: (name) => settings.assignments.get(name),
    isSet: (name) => settings.values.has(name) && settings.values.get(name) !== '',
    value,
    holds: (condition) => holds(condition, value),
    firstLine: { start: 0, end: lineEnd === -1 ? text.length : lineEnd },
    end: settings.end,
  };
}

/** The commands, in order. */
export function commandsOf(statements: readonly Statement[]): Command[] {
  return statements.filter((statement) => statement.kind === 'command');
}
