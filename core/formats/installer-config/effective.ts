/** The effective configuration: every option, the value it will have, and whence it comes. */
import type { Dialect } from '../../data/installer-dialects.ts';
import type { InstallerOption } from '../../data/installer-option.ts';
import { parseAddress, prefixOfMask } from '../ipv4.ts';
import { settingsOf, type Settings } from './settings.ts';
import type { Assignment, Statement } from './statement.ts';

export type EffectiveSetting = {
  readonly option: InstallerOption;
  /** '' for none; undefined where the running shell decides. Not to be shown for a secret. */
  readonly value: string | undefined;
  readonly origin: Origin;
};

export type Origin =
  /** The file says so. */
  | { readonly kind: 'file'; readonly assignment: Assignment }
  /** The file has it, but empty: the default is taken instead. */
  | { readonly kind: 'empty'; readonly assignment: Assignment }
  | { readonly kind: 'default' }
  /** Another option decides: the old name of this one, or one that its default depends on. */
  | { readonly kind: 'other'; readonly name: string; readonly assignment: Assignment | undefined };

/** Every option of the dialect but the deprecated ones, in the table's order (by group). */
export function effectiveConfiguration(
  statements: readonly Statement[],
  dialect: Dialect,
): EffectiveSetting[] {
  const settings = settingsOf({ statements });
  return dialect.options.flatMap((option) =>
    option.deprecated === true ? [] : [effectiveSetting(settings, dialect, option)],
  );
}

/** The value in force of a variable, also of one that is no option; see EffectiveSetting. */
export function effectiveValue(
  settings: Settings,
  dialect: Dialect,
  name: string,
): string | undefined {
  const option = dialect.option(name);
  return option === undefined
    ? writtenValue(settings, name)
    : effectiveSetting(settings, dialect, option).value;
}

/** One option of the effective configuration. */
export function effectiveSetting(
  settings: Settings,
  dialect: Dialect,
  option: InstallerOption,
): EffectiveSetting {
  const { name } = option;
  const assignment = settings.assignments.get(name);
  const written = writtenValue(settings, name);
  const fromOld = oldNameOf(settings, dialect, name, written);
  if (fromOld !== undefined) return { option, ...fromOld };
  if (assignment === undefined) {
    // A command may have set it; the installer's default is then only likely.
    return { option, ...defaultOf(settings, dialect, option) };
  }
  if (written !== '') {
    const value = written === undefined ? undefined : (option.legacyValues?.[written] ?? written);
    return { option, value, origin: { kind: 'file', assignment } };
  }
  if (!dialect.emptyTakesDefault || option.default === undefined) {
    return { option, value: '', origin: { kind: 'file', assignment } };
  }
  const { value } = defaultOf(settings, dialect, option);
  return { option, value, origin: { kind: 'empty', assignment } };
}

type Found = Omit<EffectiveSetting, 'option'>;

/** '' where the file doesn't say; undefined where the shell decides. */
function writtenValue(settings: Settings, name: string): string | undefined {
  return settings.values.has(name) ? settings.values.get(name) : '';
}

function defaultOf(settings: Settings, dialect: Dialect, option: InstallerOption): Found {
  const other = option.defaultWith;
  if (other !== undefined) {
    const actual = effectiveValue(settings, dialect, other.name);
    if (actual === other.value) {
      return {
        value: other.default,
        origin: {
          kind: 'other',
          name: other.name,
          assignment: settings.assignments.get(other.name),
        },
      };
    }
    if (actual === undefined) return { value: undefined, origin: { kind: 'default' } };
  }
  return { value: option.default ?? '', origin: { kind: 'default' } };
}

/**
 * What the old name of an option makes of it. The fork takes it where the new one is empty;
 * raspbian-ua-netinst takes it in any case, and translates.
 */
function oldNameOf(
  settings: Settings,
  dialect: Dialect,
  name: string,
  written: string | undefined,
): Found | undefined {
  if (dialect.emptyTakesDefault && written !== '') return undefined;
  for (const old of dialect.options) {
    if (old.replacement !== name) continue;
    const value = writtenValue(settings, old.name);
    if (value === '') continue;
    return {
      value: value === undefined ? undefined : translated(old.name, value),
      origin: { kind: 'other', name: old.name, assignment: settings.assignments.get(old.name) },
    };
  }
  return undefined;
}

/** As raspbian-ua-netinst does it (scripts/etc/init.d/rcS, from line 420 on). */
function translated(oldName: string, value: string): string | undefined {
  if (oldName === 'ip_netmask') {
    const mask = parseAddress(value);
    return mask === undefined ? undefined : prefixOfMask(mask)?.toString();
  }
  if (oldName === 'try_again') return value === '1' ? 'reboot' : 'poweroff';
  return value;
}
