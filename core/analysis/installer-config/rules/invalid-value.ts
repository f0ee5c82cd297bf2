import type { Dialect } from '../../../data/installer-dialects.ts';
import type { InstallerOption } from '../../../data/installer-option.ts';
import type { Assignment } from '../../../formats/installer-config/statement.ts';
import { nearest } from '../../../inventory/nearest.ts';
import type { Draft } from '../../rule.ts';
import { valueFix } from '../edits.ts';
import { assignmentsOf, type LineRule } from '../items.ts';

/** Options that have a rule of their own. */
const ELSEWHERE = new Set(
  'hostname domainname username timezone locales system_default_locale keyboard_layout wlan_country release ip_addr ip_netmask ip_gateway ip_nameservers ip4_addr ip4_gateway ip4_prefixlength ip4_nameservers root_ssh_pubkey user_ssh_pubkey dt_overlays'.split(
    ' ',
  ),
);

/** With a wrong value of these nothing is installed, or the disk is wiped and then it fails. */
const FATAL = new Set(
  'packages mirror mirror_cache arch rtc ifname wlan_ssid wlan_psk wlan_psk_encrypted usergroups usersysgroups boot_volume_label root_volume_label bootsize rootsize rootfstype online_config ip6_addr ip6_gateway drivers_to_load'.split(
    ' ',
  ),
);

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
};

/** What becomes of it, where that is known and no error of its own. */
const BECOMES: Readonly<Record<string, string>> = {
  preset: 'The installer takes server.',
  final_action: 'The installer reboots.',
  installer_telnet: 'The installer takes none.',
  hdmi_tv_res: 'The installer takes 1080p.',
  hdmi_monitor_res: 'The installer takes 1024x768.',
};

export const invalidValue: LineRule = {
  code: 'invalid-value',
  *check({ statements }, dialect) {
    for (const assignment of assignmentsOf(statements)) yield* faultsIn(assignment, dialect);
  },
};

function* faultsIn(assignment: Assignment, dialect: Dialect): Iterable<Draft> {
  const { name, value, append, valueRange } = assignment;
  const option = dialect.option(name);
  if (option === undefined || value === undefined || value === '' || append) return;
  if (ELSEWHERE.has(name) || option.legacyValues?.[value] !== undefined) return;
  if (isSizeForFdisk(option, value)) {
    yield {
      ...valueRange,
      severity: 'hint',
      message: `fdisk understands “${value}”, but ${WANTED['bootsize'] ?? ''} by the documentation.`,
    };
    return;
  }
  const wanted = wantedInstead(option, value);
  if (wanted === undefined) return;
  const shown = option.secret === true ? '' : ` is “${value}”, but`;
  const then = BECOMES[name];
  const corrected = option.secret === true ? [] : corrections(option, value);
  yield {
    ...valueRange,
    severity: FATAL.has(name) ? 'error' : 'warning',
    message: `${name}${shown === '' ? ':' : shown} ${wanted}.${then === undefined ? '' : ` ${then}`}`,
    fixes: corrected.map((each, index) => valueFix(assignment, each, index === 0)),
  };
}

/** What a value should have been, or undefined where it is fine. */
export function wantedInstead(option: InstallerOption, value: string): string | undefined {
  const { name, type, values, itemValues, pattern, min, max, maxLength } = option;
  if (type === 'boolean') return /^[01]$/.test(value) ? undefined : '0 or 1 is wanted';
  if (values !== undefined && !values.includes(value)) {
    const current = values.filter((each) => option.legacyValues?.[each] === undefined);
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
      (tooLong ? `at most ${maxLength} bytes are allowed` : `${pattern?.source ?? ''} is wanted`)
    );
  }
  return undefined;
}

/** fdisk takes more units and fractions than the documentation says. */
function isSizeForFdisk({ type }: InstallerOption, value: string): boolean {
  return (
    type === 'size' &&
    /^\+\d+(?:\.\d+)?(?:[KMGT](?:i?B)?)$/.test(value) &&
    !/^\+\d+[MG]$/.test(value)
  );
}

/** Values that were probably meant; the first is the best. */
function corrections(option: InstallerOption, value: string): readonly string[] {
  const word = value.trim().toLowerCase();
  if (option.type === 'boolean') {
    if (/^(?:yes|y|true|on|enabled?)$/.test(word)) return ['1'];
    return /^(?:no|n|false|off|disabled?)$/.test(word) ? ['0'] : [];
  }
  if (option.type === 'size') {
    const size = /^\+?(\d+)\s*([mg])(?:i?b)?$/i.exec(value);
    return size === null ? [] : [`+${size[1] ?? ''}${(size[2] ?? '').toUpperCase()}`];
  }
  if (option.name === 'mirror_cache') {
    const bare = value.replace(/^https?:\/\//, '').replace(/\/+$/, '');
    return option.pattern?.test(bare) === true ? [bare] : [];
  }
  return option.values === undefined
    ? []
    : nearest(
        word,
        option.values.filter((each) => option.legacyValues?.[each] === undefined),
      );
}
