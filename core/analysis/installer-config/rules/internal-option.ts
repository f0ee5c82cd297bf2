import { assignmentsOf, type LineRule } from '../items.ts';

/** Variables of the installer’s own, which a config can set only because it is sourced. */
export const internalOption: LineRule = {
  code: 'internal-option',
  *check({ statements }, { internals }) {
    for (const { name, nameRange } of assignmentsOf(statements)) {
      const note = internals.get(name);
      if (note === undefined) continue;
      yield { ...nameRange, message: `${name} is internal to the installer. ${note}` };
    }
  },
};
