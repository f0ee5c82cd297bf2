import type { Assignment } from '../../../formats/installer-config/statement.ts';
import type { Draft } from '../../rule.ts';
import { assignmentsOf, type LineRule } from '../items.ts';

/** Without quotes the shell takes a backslash away; before a letter nobody means it to. */
export const lostBackslash: LineRule = {
  code: 'lost-backslash',
  *check({ text, statements }) {
    for (const assignment of assignmentsOf(statements)) {
      yield* swallowed(text, assignment);
      const { valueRange, parts, value } = assignment;
      const lost = parts.find(
        ({ kind, start, end }) =>
          kind === 'escape' && /^\\[\w.,:/+-]$/.test(text.slice(start, end)),
      );
      if (lost === undefined || value === undefined) continue;
      const raw = text.slice(valueRange.start, valueRange.end);
      yield {
        start: lost.start,
        end: lost.end,
        message: 'The shell takes this backslash away, as the value stands in no quotes.',
        fixes: /['"\n\r]/.test(raw)
          ? []
          : [
              {
                title: 'Put the value into single quotes, so that it is taken as it is',
                edits: [{ ...valueRange, text: `'${raw}'` }],
                preferred: true,
              },
            ],
      };
    }
  },
};

/** At the end of a line, right behind a value, it makes the next line a part of the value. */
function* swallowed(text: string, { name, parts }: Assignment): Iterable<Draft> {
  for (const { kind, start, end } of parts) {
    if (kind !== 'continuation') continue;
    const lost = /^([A-Za-z_]\w*)\+?=/.exec(text.slice(end))?.[1];
    if (lost === undefined) continue;
    const place = { start, end: start + 1 };
    yield {
      ...place,
      message: `This backslash makes the next line a part of ${name}: ${lost} is not set.`,
      fixes: [{ title: 'Remove the backslash', edits: [{ ...place, text: '' }] }],
    };
  }
}
