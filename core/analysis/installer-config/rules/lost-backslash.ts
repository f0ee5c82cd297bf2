import { assignmentsOf, type LineRule } from '../items.ts';

/** Without quotes the shell takes a backslash away; before a letter nobody means it to. */
export const lostBackslash: LineRule = {
  code: 'lost-backslash',
  *check({ text, statements }) {
    for (const { valueRange, parts, value } of assignmentsOf(statements)) {
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
