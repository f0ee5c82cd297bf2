import { nearest } from '../../../inventory/nearest.ts';
import { otherDialect } from '../../../data/installer-dialects.ts';
import { writeName } from '../edits.ts';
import { assignmentsOf, type FileRule } from '../items.ts';
import { isRestOfValue } from './unquoted-value.ts';

/** The installer ignores what it does not know: a typo is silent. */
export const unknownOption: FileRule = {
  code: 'unknown-option',
  *check({ text, dialect, statements, end }) {
    const names = new Set(assignmentsOf(statements).map((each) => each.name));
    for (const [index, assignment] of statements.entries()) {
      if (assignment.kind !== 'assignment') continue;
      if (isRestOfValue(text, statements[index - 1], assignment, dialect)) continue;
      const { name, range, nameRange } = assignment;
      if (range.start >= (end?.at ?? Infinity)) return;
      if (dialect.option(name) !== undefined || dialect.internals.has(name)) continue;
      if (otherDialect(dialect).option(name) !== undefined) continue;
      // A variable of one's own, used further down.
      if (new RegExp(`\\$\\{?${name}\\b`).test(text.slice(range.end))) continue;
      const near = nearest(
        name,
        dialect.options.filter((option) => option.deprecated !== true).map((each) => each.name),
      );
      yield {
        ...nameRange,
        message:
          `The installer has no option “${name}” and ignores it.` +
          (near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`),
        fixes: near.map((other, index) => ({
          title: `Write ${other}`,
          edits: [writeName(assignment, other)],
          // Written twice, one of the two values would be lost.
          ...(index === 0 && near.length === 1 && !names.has(other) ? { preferred: true } : {}),
        })),
      };
    }
  },
};
