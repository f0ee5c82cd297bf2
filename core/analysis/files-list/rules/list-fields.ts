import type { ListLineRule } from '../items.ts';

/** The installer takes the first three words of a line, and says nothing of others. */
export const listFields: ListLineRule = {
  code: 'list-fields',
  *check({ fields }) {
    const [first, , third, fourth] = fields;
    const last = fields.at(-1);
    if (first === undefined || last === undefined) return;
    if (third === undefined) {
      yield {
        start: first.start,
        end: last.end,
        message:
          'A line has three fields: OWNER[:GROUP] MODE /absolute/path. This one does nothing.',
      };
    } else if (fourth !== undefined) {
      yield {
        start: third.start,
        end: last.end,
        message: `A path can’t have spaces, and a line no comment: the installer takes “${third.text}”.`,
      };
    }
  },
};
