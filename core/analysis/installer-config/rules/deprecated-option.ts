import { prefixOfMask, parseAddress } from '../../../formats/ipv4.ts';
import type { Assignment } from '../../../formats/installer-config/statement.ts';
import type { Fix } from '../../finding.ts';
import { removeFix, valueFix, writeName, writeValue } from '../edits.ts';
import type { InstallerFacts } from '../facts.ts';
import { assignmentsOf, type FileRule } from '../items.ts';

/** Old names, and old values of options. */
export const deprecatedOption: FileRule = {
  code: 'deprecated-option',
  *check(facts) {
    const { dialect, statements, text, end } = facts;
    for (const assignment of assignmentsOf(statements)) {
      const { name, value, nameRange, valueRange, range } = assignment;
      if (range.start >= (end?.at ?? Infinity)) return;
      const option = dialect.option(name);
      const now = value === undefined ? undefined : option?.legacyValues?.[value];
      if (now !== undefined) {
        yield {
          ...valueRange,
          message: `“${value ?? ''}” is the old way to write ${now}.`,
          tags: ['deprecated'],
          fixes: [valueFix(assignment, now)],
        };
      }
      if (option?.deprecated !== true) continue;
      const { replacement } = option;
      yield {
        ...nameRange,
        message:
          replacement === undefined
            ? `${name} is ignored: the installer computes it.`
            : `${name} is the old name of ${replacement}.`,
        tags: ['deprecated'],
        fixes:
          replacement === undefined
            ? removeFix(text, assignment)
            : renamed(facts, assignment, replacement),
      };
    }
  },
};

function renamed(
  { text, isSet }: InstallerFacts,
  assignment: Assignment,
  replacement: string,
): readonly Fix[] {
  // Where the new name is set too, it wins, and the old line does nothing.
  if (isSet(replacement)) return removeFix(text, assignment);
  const value = newValue(replacement, assignment.value);
  if (value === undefined) return [];
  return [
    {
      title: `Write ${replacement}`,
      edits: [
        writeName(assignment, replacement),
        ...(value === assignment.value ? [] : [writeValue(assignment, value)]),
      ],
      preferred: true,
    },
  ];
}

/** The value under the new name; undefined where that can't be told. */
function newValue(replacement: string, value: string | undefined): string | undefined {
  if (replacement === 'ip4_prefixlength' && value !== undefined) {
    const mask = parseAddress(value);
    const prefix = mask === undefined ? undefined : prefixOfMask(mask);
    return prefix === undefined ? undefined : String(prefix);
  }
  if (replacement === 'fail_action') {
    return value === '1' ? 'reboot' : value === '0' ? 'poweroff' : undefined;
  }
  return value ?? '';
}
