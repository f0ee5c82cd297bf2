/**
 * The first start of Raspberry Pi OS from Trixie on: cloud-init reads user-data, network-config and
 * meta-data from the boot partition (its NoCloud source).
 */
import { stringify } from 'yaml';
import { formatPublicKey, type PublicKey } from '../formats/ssh-key.ts';
import type { Account } from './accounts.ts';
import { MARKER, type RenderedFile } from './host-files.ts';
import { usersOf, type SystemFacts } from './system-facts.ts';

/** Groups that Raspberry Pi OS gives its first user. */
export const USER_GROUPS = [
  ...['adm', 'dialout', 'cdrom', 'audio', 'video', 'plugdev', 'games', 'users', 'input'],
  ...['render', 'netdev', 'gpio', 'i2c', 'spi'],
];

const BOOT = '/boot/firmware';

/** The three files. `cmdline`: as the card has it; its `ds=` is made to name this instance. */
export function cloudInitFiles(facts: SystemFacts, cmdline: string): RenderedFile[] {
  const instance = `rpi-${facts.nonce}`;
  return [
    { path: 'user-data', content: `#cloud-config\n${yaml(userData(facts))}` },
    { path: 'network-config', content: yaml(networkConfig(facts)) },
    {
      path: 'meta-data',
      content: yaml({ 'instance-id': instance, 'local-hostname': facts.hostname }),
    },
    { path: 'cmdline.txt', content: withSource(cmdline, instance) },
  ];
}

function userData(facts: SystemFacts): Record<string, unknown> {
  const { hostname, domain, timezone, accounts, hostKey, passwords, nonce, host } = facts;
  const root = { name: 'root', ssh_authorized_keys: lines(accounts.root) };
  return {
    hostname,
    ...(domain === undefined ? {} : { fqdn: `${hostname}.${domain}` }),
    manage_etc_hosts: true,
    ...(timezone === undefined ? {} : { timezone }),
    ssh_pwauth: passwords,
    disable_root: accounts.root.length === 0,
    // The system gets the key that was made for it, and no other.
    ssh_deletekeys: true,
    ssh_keys: {
      ed25519_private: hostKey.privateKey,
      ed25519_public: formatPublicKey(hostKey.publicKey),
    },
    users: [...usersOf(accounts).map(user), ...(accounts.root.length === 0 ? [] : [root])],
    write_files: [
      {
        path: MARKER,
        permissions: '0644',
        content: `${JSON.stringify({ v: 1, host, nonce })}\n`,
      },
    ],
    runcmd: [
      // The assistant that asks for a user at the console, where there is one.
      ['sh', '-c', 'systemctl disable --now userconfig.service 2>/dev/null || true'],
      ...(facts.wifi === undefined
        ? []
        : [['sh', '-c', 'rfkill unblock wifi 2>/dev/null || true']]),
      // There is no key of cloud-init for it.
      ['systemctl', 'enable', '--now', 'ssh'],
      // Whoever takes the card out could read the private key there.
      ['sh', '-c', `printf '#cloud-config\\n' >${BOOT}/user-data; sync`],
    ],
  };
}

function user({ name, sudo, keys }: Account): Record<string, unknown> {
  return {
    name,
    shell: '/bin/bash',
    groups: [...USER_GROUPS, ...(sudo ? ['sudo'] : [])],
    lock_passwd: true,
    ...(sudo ? { sudo: 'ALL=(ALL) NOPASSWD:ALL' } : {}),
    ...(keys.length === 0 ? {} : { ssh_authorized_keys: lines(keys) }),
  };
}

function networkConfig({ wifi, address }: SystemFacts): Record<string, unknown> {
  const how = (name: string): Record<string, unknown> =>
    address?.interface === name
      ? {
          dhcp4: false,
          addresses: [address.address],
          routes: [{ to: 'default', via: address.gateway }],
          ...(address.nameServers.length === 0
            ? {}
            : { nameservers: { addresses: address.nameServers } }),
        }
      : { dhcp4: true };
  const point = wifi?.key === undefined ? {} : { password: wifi.key };
  return {
    network: {
      version: 2,
      ethernets: { eth0: { ...how('eth0'), optional: true } },
      ...(wifi === undefined
        ? {}
        : {
            wifis: {
              wlan0: {
                ...how('wlan0'),
                ...(wifi.country === undefined ? {} : { 'regulatory-domain': wifi.country }),
                'access-points': { [wifi.name]: point },
                optional: true,
              },
            },
          }),
    },
  };
}

/** `ds=nocloud;i=…` of an image's own instance would make cloud-init think that it had run. */
function withSource(cmdline: string, instance: string): string {
  const words = cmdline.split(/\s+/).filter((word) => word !== '' && !word.startsWith('ds='));
  return `${[...words, `ds=nocloud;i=${instance}`].join(' ')}\n`;
}

function lines(keys: readonly PublicKey[]): string[] {
  return keys.map(formatPublicKey);
}

/** YAML 1.1, as cloud-init's Python reads it: words like `no` and 0644 are quoted. */
function yaml(value: unknown): string {
  return stringify(value, { version: '1.1', lineWidth: 0 });
}
