import { assignmentsOf, type LineRule } from '../items.ts';

const OPENING = '“”„«‘’‚‹';
const AROUND = new RegExp(`^[${OPENING}](.*)[“”»‘’›]$`);

/** “…” from a word processor or a web page are letters like others to the shell. */
export const typographicQuotes: LineRule = {
  code: 'typographic-quotes',
  *check({ statements }) {
    for (const { value, valueRange, append } of assignmentsOf(statements)) {
      const inner = AROUND.exec(value ?? '')?.[1];
      if (inner === undefined || append) continue;
      yield {
        ...valueRange,
        message: 'The shell takes these quotes for a part of the value: write \' or ".',
        fixes: inner.includes("'")
          ? []
          : [
              {
                title: 'Write plain quotes',
                edits: [{ ...valueRange, text: `'${inner}'` }],
                preferred: true,
              },
            ],
      };
    }
  },
};
