import { removeFix } from '../edits.ts';
import { assignmentsOf, type FileRule } from '../items.ts';

/** The last assignment counts; an earlier one is lost. */
export const overwritten: FileRule = {
  code: 'overwritten',
  *check({ text, statements, end }) {
    const counted = assignmentsOf(statements).filter(
      ({ range }) => range.start < (end?.at ?? Infinity),
    );
    for (const [index, assignment] of counted.entries()) {
      const later = counted.slice(index + 1);
      const next = later.find(({ name, append }) => name === assignment.name && !append);
      if (next === undefined) continue;
      // A value that is used before it is replaced is not lost.
      const between = text.slice(assignment.range.end, next.range.end);
      if (new RegExp(`\\$\\{?${assignment.name}\\b`).test(between)) continue;
      yield {
        ...assignment.range,
        message: `This is lost: ${assignment.name} is set again below.`,
        tags: ['unnecessary'],
        related: [{ message: 'This one counts.', ...next.range }],
        fixes: removeFix(text, assignment),
      };
    }
  },
};
