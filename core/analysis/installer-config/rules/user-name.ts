import { valueFix } from '../edits.ts';
import { assignmentsOf, type LineRule } from '../items.ts';

/** adduser refuses other names, when the disk has been wiped already. */
export const userName: LineRule = {
  code: 'user-name',
  *check({ statements }, dialect) {
    const option = dialect.option('username');
    for (const assignment of assignmentsOf(statements)) {
      const { name, value, valueRange, append } = assignment;
      if (option === undefined || name !== 'username' || append) continue;
      if (value === undefined || value === '') continue;
      const wellFormed = /^[a-z][-a-z0-9_]*$/.test(value);
      const tooLong = value.length > (option.maxLength ?? 32);
      const taken = wellFormed && option.pattern?.test(value) === false;
      if (wellFormed && !tooLong && !taken) continue;
      const better = value.toLowerCase();
      const why = taken
        ? `the system has a user or group ${value} of its own`
        : tooLong
          ? 'it has more than 32 characters'
          : 'it must begin with a-z and have only a-z, 0-9, _ and -';
      yield {
        ...valueRange,
        message: `adduser refuses this name, after the disk was wiped: ${why}.`,
        fixes:
          !tooLong && better !== value && option.pattern?.test(better) === true
            ? [valueFix(assignment, better)]
            : [],
      };
    }
  },
};
