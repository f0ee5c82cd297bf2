import { assignmentsOf, type LineRule } from '../items.ts';
import { openQuote } from './syntax-error.ts';

/** No option has a value of several lines: a quote was forgotten, and swallowed what follows. */
export const quoteOverLines: LineRule = {
  code: 'quote-over-lines',
  *check({ text, statements }) {
    for (const { name, range, valueRange } of assignmentsOf(statements)) {
      const place = openQuote(text, valueRange.start, valueRange.end);
      if (place === undefined) continue;
      yield {
        ...place,
        message: `This quote closes lines below: all between belongs to ${name}, and sets nothing else.`,
        related: [{ message: 'Here it closes.', start: range.end - 1, end: range.end }],
      };
    }
  },
};
