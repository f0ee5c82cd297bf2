/** What a new system of a host is told at its first start, whichever way it is told. */
import { accountsOf, type Account, type Accounts } from './accounts.ts';
import { RpiError } from '../errors.ts';
import { encryptedPassphrase, isNetworkName, isPassphrase } from '../formats/wifi.ts';
import type { NetinstSettings } from '../install/backends/netinst/settings.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { Config } from '../project/config.ts';
import { DEFAULT_USER } from '../ssh/project-session.ts';
import type { Ingredients } from './ingredients.ts';
import { parsePublicKey, type KeyPair, type PublicKey } from '../formats/ssh-key.ts';

export type SystemFacts = {
  readonly host: string;
  readonly hostname: string;
  readonly domain: string | undefined;
  readonly timezone: string | undefined;
  readonly accounts: Accounts;
  readonly hostKey: KeyPair;
  /** Whether sshd may take passwords. */
  readonly passwords: boolean;
  readonly wifi: Wifi | undefined;
  readonly address: StaticAddress | undefined;
  readonly nonce: string;
};

export type Wifi = {
  readonly name: string;
  /** 64 hexadecimal digits; undefined for an open network. */
  readonly key: string | undefined;
  readonly country: string | undefined;
};

export type StaticAddress = {
  readonly interface: string;
  /** As in 192.168.1.5/24. */
  readonly address: string;
  readonly gateway: string;
  readonly nameServers: readonly string[];
};

/**
 * Reads them from the settings that raspberrypi-ua-netinst would get, so that both ways of
 * installing agree. Throws `create.invalid-setting` and `create.no-login`.
 */
export function systemFacts(
  host: InventoryHost,
  settings: NetinstSettings,
  { projectKeys, users }: Ingredients,
  more: { readonly config: Config; readonly hostKey: KeyPair; readonly nonce: string },
): SystemFacts {
  const get = (name: string): string | undefined => {
    const value = settings.get(name);
    if (value === undefined) throw computed(host.name, name);
    return value === '' ? undefined : value;
  };
  const hostname = get('hostname') ?? host.name;
  const timezone = get('timezone');
  if (timezone !== undefined && !/^[A-Za-z0-9_+/-]{1,64}$/.test(timezone)) {
    throw wrong('timezone', 'is no time zone', 'Write it as in Europe/Berlin.');
  }
  return {
    host: host.name,
    hostname,
    domain: get('domainname'),
    timezone,
    accounts: accountsOf({
      host: host.name,
      login: host.user ?? DEFAULT_USER,
      projectKeys,
      users,
      rootByKey: more.config.access.root,
      username: get('username'),
      userKeys: keysOf(get('user_ssh_pubkey')),
      rootKeys: keysOf(get('root_ssh_pubkey')),
    }),
    hostKey: more.hostKey,
    // The installer's switch counts only when it is 0.
    passwords: get('ssh_pwlogin') !== '0' && more.config.access.password_login !== 'off',
    wifi: wifiOf(get),
    address: addressOf(get),
    nonce: more.nonce,
  };
}

/** Everybody but root; the first is the one that rpi logs in as, or the person's own. */
export function usersOf({ first, others }: Accounts): readonly Account[] {
  return first === undefined ? others : [first, ...others];
}

type Get = (name: string) => string | undefined;

function wifiOf(get: Get): Wifi | undefined {
  const name = get('wlan_ssid');
  if (name === undefined) return undefined;
  if (!isNetworkName(name)) {
    throw wrong('wlan_ssid', 'has not 1 to 32 bytes', 'Write the name of the network.');
  }
  const country = get('wlan_country');
  if (country !== undefined && !/^[A-Z]{2}$/.test(country)) {
    throw wrong('wlan_country', 'is no country', 'Write two capital letters, as in DE.');
  }
  const encrypted = get('wlan_psk_encrypted');
  if (encrypted !== undefined) {
    if (/^[0-9a-f]{64}$/i.test(encrypted)) return { name, key: encrypted.toLowerCase(), country };
    throw wrong('wlan_psk_encrypted', 'has not 64 hexadecimal digits', 'wpa_passphrase prints it.');
  }
  const given = get('wlan_psk');
  if (given === undefined) return { name, key: undefined, country };
  if (!isPassphrase(given)) {
    throw wrong('wlan_psk', 'has not 8 to 63 bytes', 'Write the passphrase of the network.');
  }
  return { name, key: encryptedPassphrase(name, given), country };
}

function addressOf(get: Get): StaticAddress | undefined {
  const address = get('ip_addr') ?? 'dhcp';
  if (address === 'dhcp') return undefined;
  const gateway = get('ip_gateway');
  const nameServers = (get('ip_nameservers') ?? '').split(/[\s,]+/).filter((each) => each !== '');
  const prefix = prefixOf(get('ip_netmask') ?? usualMask(address));
  if (!isAddress(address) || prefix === undefined) {
    throw wrong(
      'ip_addr',
      'or ip_netmask is no IPv4 address',
      'Write dhcp, or both as 192.168.1.5.',
    );
  }
  if (gateway === undefined || ![gateway, ...nameServers].every(isAddress)) {
    throw wrong(
      'ip_gateway',
      'or ip_nameservers is no IPv4 address',
      'A fixed address needs both.',
    );
  }
  const name = get('ifname') ?? 'eth0';
  return { interface: name, address: `${address}/${prefix}`, gateway, nameServers };
}

/** As the installer guesses. */
function usualMask(address: string): string {
  if (address.startsWith('10.')) return '255.0.0.0';
  return /^172\.(?:1[6-9]|2\d|3[01])\./.test(address) ? '255.255.0.0' : '255.255.255.0';
}

function isAddress(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
}

function prefixOf(mask: string): number | undefined {
  if (!isAddress(mask)) return undefined;
  const bits = mask
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : undefined;
}

function keysOf(value: string | undefined): PublicKey[] {
  const key = value === undefined ? undefined : parsePublicKey(value);
  return key === undefined ? [] : [key];
}

function wrong(name: string, what: string, remedy: string): RpiError {
  return new RpiError('create.invalid-setting', `${name} ${what}.`, { remedy });
}

function computed(host: string, name: string): RpiError {
  return new RpiError('create.invalid-setting', `${name} of ${host} is computed by the shell.`, {
    remedy: 'Write a plain value: no shell reads it on this card.',
  });
}
