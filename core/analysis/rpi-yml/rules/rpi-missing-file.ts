import { filesIn } from '../files.ts';
import type { RpiYmlRule } from '../rpi-yml-rule.ts';

export const rpiMissingFile: RpiYmlRule = {
  code: 'rpi-missing-file',
  *check(facts, { exists }) {
    if (exists === undefined) return;
    for (const { path, what, start, end } of filesIn(facts)) {
      if (/^[~/]|^$/.test(path) || exists(path)) continue;
      yield { start, end, message: `There is no ${what} ${path} (relative to rpi.yml).` };
    }
  },
};
