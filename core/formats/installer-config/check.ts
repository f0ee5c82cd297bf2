/** Whether a value is one that the installer understands for an option. */
import type { InstallerOption } from '../../data/installer-option.ts';
import { installerOption, INSTALLER_OPTIONS } from '../../data/installer-options.ts';
import { RpiError } from '../../errors.ts';
import { nearest } from '../../inventory/nearest.ts';
import { wantedInstead } from './wanted.ts';

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
    const near = nearest(
      name,
      INSTALLER_OPTIONS.map((each) => each.name),
    );
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
    text === undefined ? 'one word, number or truth value is wanted' : wantedInstead(option, text);
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
