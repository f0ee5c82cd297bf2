import { KEYBOARD_LAYOUTS } from '../../../data/keyboard-layouts.ts';
import { nearest } from '../../../inventory/nearest.ts';
import { valueFix } from '../edits.ts';
import { assignmentsOf, type LineRule } from '../items.ts';

/** People name countries and languages where XKB has its own word. */
const MEANT: Readonly<Record<string, string>> = {
  uk: 'gb',
  en: 'us',
  sv: 'se',
  da: 'dk',
  cs: 'cz',
};

/** The installer has a list of its own and changes nothing for others. */
export const unknownKeyboardLayout: LineRule = {
  code: 'unknown-keyboard-layout',
  *check({ statements }, dialect) {
    const layouts = dialect.option('keyboard_layout')?.values ?? [];
    for (const assignment of assignmentsOf(statements)) {
      const { name, value = '', valueRange, append } = assignment;
      if (name !== 'keyboard_layout' || layouts.length === 0 || append) continue;
      if (value === '' || layouts.includes(value)) continue;
      const meant = MEANT[value.toLowerCase()];
      const near = meant === undefined ? nearest(value, layouts).slice(0, 2) : [meant];
      const exists = KEYBOARD_LAYOUTS.get(value);
      yield {
        ...valueRange,
        message:
          (exists === undefined
            ? `There is no keyboard layout “${value}”; the installer changes nothing.`
            : `The installer has no “${value}” (${exists}) in its list, and changes nothing.`) +
          (exists !== undefined || near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`),
        fixes:
          exists === undefined
            ? near.map((each, index) => valueFix(assignment, each, index === 0))
            : [],
      };
    }
  },
};
