import { removeFix, writeValue } from '../edits.ts';
import { assignmentsOf, type LineRule } from '../items.ts';

/** “Nothing” can't be said by an empty value: the default takes its place. rootpw has its own rule. */
export const emptyValue: LineRule = {
  code: 'empty-value',
  *check({ text, statements }, dialect) {
    for (const assignment of assignmentsOf(statements)) {
      const { name, value, append, range } = assignment;
      const option = dialect.option(name);
      if (value !== '' || append || name === 'rootpw' || option?.default === undefined) continue;
      // Off is what an empty truth value means anyway.
      if (option.type === 'boolean' && option.default === '0') continue;
      yield {
        ...range,
        message: dialect.emptyTakesDefault
          ? `An empty ${name} becomes the default, “${option.default}”.`
          : `An empty ${name} stays empty: its default, “${option.default}”, is lost.`,
        fixes: [
          {
            title: `Write ${name}=${option.default}`,
            edits: [writeValue(assignment, option.default)],
            preferred: true,
          },
          ...removeFix(text, assignment, false),
        ],
      };
    }
  },
};
