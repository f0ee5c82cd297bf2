/** The items of an installer-config.txt: command lines. */
import type {
  CommandLine,
  Assignment,
  Statement,
} from '../../formats/installer-config/statement.ts';
import type { Dialect } from '../../data/installer-dialects.ts';
import type { ItemRule, ProjectRule } from '../rule.ts';
import type { InstallerFacts } from './facts.ts';
import type { InstallerProject } from './project.ts';

export type { CommandLine };

/** A rule that needs one command line and nothing else. Its ranges count from the line's start. */
export type LineRule = ItemRule<CommandLine, Dialect>;

/** A rule that needs the values in force, or what surrounds the file. Ranges of the document. */
export type FileRule = ProjectRule<InstallerFacts, InstallerProject>;

/** The assignments of statements, in order. */
export function assignmentsOf(statements: readonly Statement[]): Assignment[] {
  return statements.filter((statement) => statement.kind === 'assignment');
}
