import { parseAddress } from '../../../formats/ipv4.ts';
import type { Draft } from '../../rule.ts';
import type { InstallerFacts } from '../facts.ts';
import type { FileRule } from '../items.ts';
import type { InstallerProject } from '../project.ts';

/** An option that needs others; it is reported, not what nobody wrote. */
export const missingPartner: FileRule = {
  code: 'missing-partner',
  *check(facts, project) {
    yield* byTable(facts);
    yield* netmask(facts);
    yield* wifi(facts, project);
  },
};

/** `ip_addr`, `installer_telnet`: what the option tables require. */
function* byTable(facts: InstallerFacts): Iterable<Draft> {
  const { dialect, assignment, isSet, holds } = facts;
  const missing = new Map<string, string[]>();
  for (const { name, requiredIf = [] } of dialect.options) {
    const [first] = requiredIf;
    if (first === undefined || isSet(name) || !requiredIf.every((each) => holds(each) === true)) {
      continue;
    }
    missing.set(first.name, [...(missing.get(first.name) ?? []), name]);
  }
  for (const [name, partners] of missing) {
    const written = assignment(name);
    if (written === undefined) continue;
    // What is no address, as DHCP in capitals, is a fault of its own.
    if (/^ip4?_addr$/.test(name) && !/^[\d./]*$/.test(written.value ?? '')) continue;
    yield {
      ...written.range,
      message:
        `${written.name}=${written.value ?? ''} needs ${partners.join(' and ')}: without, the installer has ` +
        (name === 'installer_telnet' ? 'nobody to connect to.' : 'no network.') +
        notByDownload(facts),
    };
  }
}

/** The installer guesses the mask of private networks only. */
function* netmask(facts: InstallerFacts): Iterable<Draft> {
  const { dialect, assignment, isSet, value } = facts;
  const written = assignment('ip_addr');
  const address = parseAddress(value('ip_addr') ?? '');
  if (dialect.option('ip_netmask')?.deprecated === true || written === undefined) return;
  if (address === undefined || isSet('ip_netmask') || guessedMask(address) !== undefined) return;
  yield {
    ...written.range,
    message: `ip_addr needs ip_netmask here: the installer guesses one for 10.*, 172.16.* to 172.31.* and 192.168.* only.${notByDownload(facts)}`,
  };
}

/** The mask that the installer takes where none is written; undefined where it has none. */
export function guessedMask(address: number): number | undefined {
  const [a, b] = [address >>> 24, (address >>> 16) & 255];
  if (a === 10) return 0xff000000;
  if (a === 172 && b >= 16 && b < 32) return 0xffff0000;
  return a === 192 && b === 168 ? 0xffffff00 : undefined;
}

function* wifi(facts: InstallerFacts, { hasWpaSupplicant }: InstallerProject): Iterable<Draft> {
  const { dialect, assignment, isSet, value } = facts;
  const written = assignment('ifname');
  const interfaceName = value('ifname');
  if (written === undefined || interfaceName === undefined || hasWpaSupplicant === true) return;
  if (dialect.option('wlan_ssid') === undefined) {
    if (interfaceName === 'eth0') return;
    yield {
      ...written.range,
      message: `ifname=${interfaceName} counts as Wi-Fi and needs a ${dialect.places.wpaSupplicant}; there are no wlan_ options here.`,
    };
    return;
  }
  if (!interfaceName.includes('wlan')) return;
  const missing = [
    ...(isSet('wlan_ssid') ? [] : ['wlan_ssid']),
    ...(isSet('wlan_psk') || isSet('wlan_psk_encrypted') ? [] : ['wlan_psk_encrypted']),
  ];
  if (missing.length === 0) return;
  yield {
    ...written.range,
    message: `ifname=${interfaceName} needs ${missing.join(' and ')}, or a wpa_supplicant.conf beside this file: without, there is no network and no installation.${notByDownload(facts)}`,
  };
}

/** Whoever downloads a second configuration may expect these of it. */
function notByDownload({ isSet }: InstallerFacts): string {
  return isSet('online_config') ? ' What online_config names is downloaded too late for it.' : '';
}
