/** Options given under two names. */
import type { TaskFileRule } from '../items.ts';
import { optionGroups } from '../options.ts';

export const optionTwice: TaskFileRule = {
  code: 'option-twice',
  *check(item, context) {
    for (const { given } of optionGroups(item, context)) {
      const seen = new Map<string, (typeof given)[number]>();
      for (const option of given) {
        const { known, name, key, written } = option;
        const first = known === undefined ? undefined : seen.get(known.name);
        if (known !== undefined && first === undefined) seen.set(known.name, option);
        // The same name twice in one mapping is a duplicate key.
        if (first === undefined || (first.name === name && written === 'map')) continue;
        const message =
          first.name === name
            ? `“${name}” is given twice.`
            : `“${name}” and “${first.name}” are two names of one option.`;
        const related = [{ message: first.name, start: first.key.start, end: first.key.end }];
        yield { start: key.start, end: key.end, message, related };
      }
    }
  },
};
