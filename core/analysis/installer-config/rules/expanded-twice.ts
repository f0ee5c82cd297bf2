import type { InstallerOption } from '../../../data/installer-option.ts';
import { assignmentsOf, type LineRule } from '../items.ts';

/** Some options pass through `eval`: the shell reads their value a second time. */
export const expandedTwice: LineRule = {
  code: 'expanded-twice',
  *check({ statements }, dialect) {
    for (const assignment of assignmentsOf(statements)) {
      const { name, value, valueRange } = assignment;
      const found = readAgain(dialect.option(name), value ?? '');
      if (found === undefined) continue;
      yield {
        ...valueRange,
        message: `The installer passes ${name} through the shell once more, which does not take “${found}” as it is. Quotes don’t help: leave it out.`,
      };
    }
  },
};

/** What the second reading would change, or undefined. */
function readAgain(option: InstallerOption | undefined, value: string): string | undefined {
  if (option?.evaluated === undefined) return undefined;
  // Between double quotes a backslash counts before $, `, " and itself only.
  const pattern = option.evaluated === 'quoted' ? /[$`"]|\\\\/ : /[$`"\\';&|<>()#]|(?:^|\s)~/;
  return pattern.exec(value)?.[0].trim();
}
