/** What an option does, shown over its name or value. */
import { effectiveSetting } from '../../formats/installer-config/effective.ts';
import type { Assignment } from '../../formats/installer-config/statement.ts';
import type { Hover } from '../features.ts';
import type { InstallerFacts } from './facts.ts';
import { optionMarkdown } from './option-words.ts';
import { assignmentAt } from './place.ts';

export function hover(facts: InstallerFacts, offset: number): Hover | undefined {
  const { dialect, statements } = facts;
  const assignment = assignmentAt(statements, offset);
  if (assignment === undefined) return undefined;
  const option = dialect.option(assignment.name);
  const { nameRange, valueRange } = assignment;
  const range = offset <= nameRange.end ? nameRange : valueRange;
  if (option !== undefined) {
    const markdown = [...inForce(facts, assignment), optionMarkdown(option, dialect)].join('\n\n');
    return { range, markdown };
  }
  const internal = dialect.internals.get(assignment.name);
  return internal === undefined ? undefined : { range, markdown: internal };
}

/** Only where it is another than the one that is written here. */
function inForce({ dialect, settings }: InstallerFacts, assignment: Assignment): string[] {
  const option = dialect.option(assignment.name);
  if (option === undefined || option.secret === true) return [];
  const { value, origin } = effectiveSetting(settings, dialect, option);
  if (value === undefined) return ['In force: what the shell makes of it.'];
  if (value === '' || (origin.kind === 'file' && value === assignment.value)) return [];
  const why =
    origin.kind === 'empty'
      ? ' (an empty value takes the default)'
      : origin.kind === 'other'
        ? ` (by ${origin.name})`
        : '';
  return [`In force: \`${value.replaceAll('`', 'ˋ')}\`${why}`];
}
