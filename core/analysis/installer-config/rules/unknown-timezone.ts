import { TIMEZONES } from '../../../data/timezones.ts';
import { nearest } from '../../../inventory/nearest.ts';
import { valueFix } from '../edits.ts';
import { assignmentsOf, type LineRule } from '../items.ts';

const known = new Set(TIMEZONES);

/** An unknown zone leaves the system at UTC. */
export const unknownTimezone: LineRule = {
  code: 'unknown-timezone',
  *check({ statements }, dialect) {
    for (const assignment of assignmentsOf(statements)) {
      const { name, value = '', valueRange, append } = assignment;
      if (name !== 'timezone' || dialect.option(name) === undefined) continue;
      if (value === '' || append || known.has(value.replace(/^(?:posix|right)\//, ''))) continue;
      const near = suggestions(value);
      yield {
        ...valueRange,
        message: `There is no time zone “${value}”; the clock would stay at UTC.${near[0] === undefined ? '' : ` Did you mean ${near.join(' or ')}?`}`,
        fixes: near.map((each, index) => valueFix(assignment, each, index === 0)),
      };
    }
  },
};

/** By spelling, or by the city alone. */
function suggestions(value: string): string[] {
  const asPath = value.replace(/\s+/g, '_').toLowerCase();
  const cities = TIMEZONES.filter((zone) => zone.toLowerCase().endsWith(`/${asPath}`));
  return cities.length > 0
    ? cities.slice(0, 3)
    : nearest(
        asPath,
        TIMEZONES.filter((zone) => Math.abs(zone.length - value.length) <= 3),
      );
}
