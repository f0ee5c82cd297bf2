/** Values for installer-config.txt, written so that bash reads back exactly what was meant. */
import type { InstallerOption } from '../../data/installer-option.ts';
import { RpiError } from '../../errors.ts';

/** `value` as one word between single quotes. Throws `create.unsafe-value` for what no word can hold. */
export function quoteValue(name: string, value: string): string {
  const bad = unwritable(value);
  if (bad !== undefined) throw unsafe(name, `it has ${bad}, which a setting can't hold`);
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** `name='value'`. Throws as quoteValue does, and where `eval` would read the value differently. */
export function settingText(option: InstallerOption, value: string): string {
  const expanded = readBySecondShell(option, value);
  if (expanded !== undefined) {
    throw unsafe(
      option.name,
      `it has ${expanded}, and the installer passes this option through the shell once more`,
    );
  }
  return `${option.name}=${quoteValue(option.name, value)}`;
}

/** What `eval` would change in the value, or undefined. */
function readBySecondShell(option: InstallerOption, value: string): string | undefined {
  if (option.evaluated === undefined) return undefined;
  const pattern = option.evaluated === 'quoted' ? /[$`"\\]/ : /[$`"\\';&|<>()*?[\]{}!#]|(?:^|\s)~/;
  const match = pattern.exec(value);
  return match === null ? undefined : `“${match[0].trim()}”`;
}

function unwritable(value: string): string | undefined {
  if (/[\n\r]/.test(value)) return 'a line break';
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    if ((code < 0x20 && character !== '\t') || code === 0x7f) return 'a control character';
    if (code >= 0xd800 && code <= 0xdfff) return 'half a character';
  }
  return undefined;
}

function unsafe(name: string, why: string): RpiError {
  return new RpiError('create.unsafe-value', `${name} can't be written safely: ${why}.`, {
    remedy: 'Choose a value without it, or do the work in create/post-install.txt.',
  });
}
