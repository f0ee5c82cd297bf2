import type { Dialect } from '../../../data/installer-dialects.ts';
import type { InstallerOption } from '../../../data/installer-option.ts';
import type { Assignment } from '../../../formats/installer-config/statement.ts';
import { wantedFor, wantedInstead } from '../../../formats/installer-config/wanted.ts';
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

/** What these turn on wipes a second disk: never together with other repairs. */
const WIPES = new Set(['usbroot', 'usbboot']);

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
      message: `fdisk understands “${value}”, but ${wantedFor('bootsize') ?? ''} by the documentation.`,
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
    fixes: corrected.map((each, index) =>
      valueFix(assignment, each, index === 0 && !WIPES.has(name)),
    ),
  };
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
