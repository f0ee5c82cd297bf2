/** Whether a value is one that the installer understands for an option. */
import type { InstallerOption } from '../../data/installer-option.ts';
import { installerOption, INSTALLER_OPTIONS } from '../../data/installer-options.ts';
import { RpiError } from '../../errors.ts';

/**
 * A value from YAML as the installer wants it written. Throws `create.invalid-setting` for an
 * unknown option (with the nearest names: the installer ignores what it doesn't know, and wipes
 * all the same) and for a value it would not understand.
 */
export function checkSetting(
  name: string,
  value: unknown,
): { option: InstallerOption; value: string } {
  const option = installerOption(name);
  if (option === undefined) {
    const near = nearest(name);
    throw new RpiError('create.invalid-setting', `The installer has no option “${name}”.`, {
      remedy: near.length === 0 ? 'Remove it.' : `Did you mean ${near.join(' or ')}?`,
    });
  }
  if (option.replacement !== undefined) {
    throw new RpiError('create.invalid-setting', `“${name}” is the old name of an option.`, {
      remedy: `Write ${option.replacement} instead.`,
    });
  }
  const text = textOf(option, value);
  const fault =
    text === undefined ? 'one word, number or truth value is wanted' : faultOf(option, text);
  if (text === undefined || fault !== undefined) {
    const shown = option.secret === true || text === undefined ? '' : ` is “${text}”, but`;
    throw new RpiError(
      'create.invalid-setting',
      `${name}${shown === '' ? ':' : shown} ${fault ?? ''}.`,
      {
        remedy:
          'Correct it where it is set: create.settings in rpi.yml, or rpi_install in the inventory.',
      },
    );
  }
  return { option, value: text };
}

function textOf(option: InstallerOption, value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean' && option.type === 'boolean') return value ? '1' : '0';
  if (Array.isArray(value) && option.separator !== undefined) {
    const parts: unknown[] = value;
    return parts.every((part) => typeof part === 'string')
      ? parts.join(option.separator)
      : undefined;
  }
  return undefined;
}

/** What is wrong with a value, or undefined. The empty value is the default's and always fine. */
function faultOf(option: InstallerOption, value: string): string | undefined {
  if (value === '') return undefined;
  const { type, values, pattern, min, max, maxLength } = option;
  if (type === 'boolean' && !/^[01]$/.test(value)) return '0 or 1 is wanted';
  if (
    values !== undefined &&
    !values.includes(value) &&
    option.legacyValues?.[value] === undefined
  ) {
    return values.length > 12
      ? 'the installer does not know it'
      : `one of ${values.join(', ')} is wanted`;
  }
  if (type === 'integer') {
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (!(number >= (min ?? 0) && number <= (max ?? Infinity))) {
      return `a number${min === undefined ? '' : ` from ${min}`}${max === undefined ? '' : ` to ${max}`} is wanted`;
    }
  }
  if (maxLength !== undefined && Buffer.byteLength(value) > maxLength) {
    return `at most ${maxLength} bytes are allowed`;
  }
  if (pattern !== undefined && !pattern.test(value)) return `it must match ${pattern.source}`;
  if (
    type.startsWith('ipv4') &&
    value !== 'dhcp' &&
    value.split('.').some((part) => Number(part) > 255)
  ) {
    return 'an IPv4 address is wanted';
  }
  return undefined;
}

/** Up to two option names within a third of the name's length in edits. */
function nearest(name: string): string[] {
  const limit = Math.max(1, Math.floor(name.length / 3));
  return INSTALLER_OPTIONS.map((option) => ({
    name: option.name,
    distance: distance(name, option.name),
  }))
    .filter((each) => each.distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 2)
    .map((each) => each.name);
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a.charAt(i - 1) === b.charAt(j - 1) ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
