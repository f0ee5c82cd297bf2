/** Which values an option takes: for `rpi create`, which refuses others, and for the rules. */
import type { InstallerOption } from '../../data/installer-option.ts';

/** What is wanted, where the option’s pattern would tell nobody. */
const WANTED: Readonly<Record<string, string>> = {
  bootsize: '“+”, a number and M or G are wanted, as in +512M',
  rootsize: '“+”, a number and M or G are wanted, as in +8G; or nothing, for the rest of the card',
  boot_volume_label:
    'at most 11 characters are allowed, none of *?.,;:/\\|+=<>[]" and no blank in front',
  root_volume_label: 'letters, digits, _ and - are wanted, at most 16',
  packages: 'names of packages, separated by commas, are wanted',
  mirror: 'an address that begins with http:// is wanted',
  mirror_cache: 'HOST:PORT is wanted, without http://',
  online_config: 'an address that begins with http:// or https:// is wanted',
  ifname: 'a network interface such as eth0 or wlan0 is wanted',
  usergroups: 'names of groups, separated by commas, are wanted',
  usersysgroups: 'names of groups, separated by commas, are wanted',
  wlan_ssid: 'the name of a network has at most 32 bytes, and no double quote',
  wlan_psk: 'a passphrase has 8 to 63 characters',
  wlan_psk_encrypted: '64 hexadecimal digits are wanted, as wpa_passphrase prints them',
  hostname: 'letters, digits and hyphens inside are wanted, at most 63',
  username:
    'a-z first, then a-z, 0-9, _ and - are wanted, at most 32, and no name of the system’s own',
  timezone: 'a time zone such as Europe/Berlin is wanted',
  wlan_country: 'a country’s two capitals are wanted',
  system_default_locale: 'a locale such as en_GB.UTF-8 is wanted',
  release: 'the name of a release such as bullseye is wanted',
};

export function wantedFor(name: string): string | undefined {
  return WANTED[name];
}

/**
 * What a value should have been, or undefined where it is fine. The empty value is the default’s
 * and always fine.
 */
export function wantedInstead(option: InstallerOption, value: string): string | undefined {
  const { name, type, values, itemValues, pattern, min, max, maxLength, legacyValues } = option;
  if (value === '' || legacyValues?.[value] !== undefined) return undefined;
  if (type === 'boolean') return /^[01]$/.test(value) ? undefined : '0 or 1 is wanted';
  if (values !== undefined && !values.includes(value)) {
    const current = values.filter((each) => legacyValues?.[each] === undefined);
    return current.length > 12
      ? 'the installer does not know it'
      : `one of ${current.join(', ')} is wanted`;
  }
  const strange = itemValues && value.split(/[ ,]+/).find((each) => !itemValues.includes(each));
  if (strange !== undefined) return `each of ${itemValues?.join(', ') ?? ''} is wanted`;
  if (type === 'integer') {
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (!(number >= (min ?? 0) && number <= (max ?? Infinity))) {
      return `a number${min === undefined ? '' : ` from ${min}`}${max === undefined ? '' : ` to ${max}`} is wanted`;
    }
  }
  const bytes = Buffer.byteLength(value);
  const tooLong = maxLength !== undefined && bytes > maxLength;
  const passphrase = name === 'wlan_psk' && (bytes < 8 || bytes > 63);
  if (tooLong || passphrase || (pattern !== undefined && !pattern.test(value))) {
    return (
      WANTED[name] ??
      (tooLong
        ? `at most ${maxLength} bytes are allowed`
        : `it must match ${pattern?.source ?? ''}`)
    );
  }
  const isAddress = type.startsWith('ipv4') && /^[\d.]+$/.test(value);
  return isAddress && value.split('.').some((part) => Number(part) > 255)
    ? 'an IPv4 address is wanted'
    : undefined;
}
