/**
 * The first start of Raspberry Pi OS Bookworm: cmdline.txt has systemd run firstrun.sh, once, before
 * anything else, and then restarts.
 */
import { quoteValue } from '../formats/installer-config/quote.ts';
import { formatPublicKey, type PublicKey } from '../formats/ssh-key.ts';
import type { Account } from './accounts.ts';
import { USER_GROUPS } from './cloud-init.ts';
import { MARKER, type RenderedFile } from './host-files.ts';
import { usersOf, type SystemFacts } from './system-facts.ts';

const BOOT = '/boot/firmware';
const RUN = [
  `systemd.run=${BOOT}/firstrun.sh`,
  'systemd.run_success_action=reboot',
  'systemd.unit=kernel-command-line.target',
];

/** firstrun.sh, and the card's cmdline.txt that starts it. Throws `create.unsafe-value`. */
export function firstRunFiles(facts: SystemFacts, cmdline: string): RenderedFile[] {
  const words = cmdline
    .split(/\s+/)
    .filter((word) => word !== '' && !/^systemd\.(?:run|unit)/.test(word));
  return [
    { path: 'firstrun.sh', content: firstRun(facts) },
    { path: 'cmdline.txt', content: `${[...words, ...RUN].join(' ')}\n` },
  ];
}

function firstRun(facts: SystemFacts): string {
  const { hostname, domain, timezone, accounts, hostKey, passwords, wifi, address } = facts;
  const quoted = (text: string): string => quoteValue('a value', text);
  const name = domain === undefined ? hostname : `${hostname}.${domain} ${hostname}`;
  const marker = `${JSON.stringify({ v: 1, host: facts.host, nonce: facts.nonce })}\n`;
  const key = '/etc/ssh/ssh_host_ed25519_key';
  return [
    '#!/bin/bash',
    '# Written by rpi: prepares this system at its first start, and removes itself.',
    '# A step that fails must not keep the others from being done.',
    'set +e',
    '',
    '# put OWNER MODE PATH: a file of the system, from base64 on standard input',
    'put() {',
    '  mkdir -p "$(dirname "$3")"',
    '  base64 -d >"$3" && chown "$1" "$3" && chmod "$2" "$3"',
    '}',
    '',
    `echo ${quoted(hostname)} >/etc/hostname`,
    "sed -i '/^127\\.0\\.1\\.1[[:space:]]/d' /etc/hosts",
    `printf '127.0.1.1\\t%s\\n' ${quoted(name)} >>/etc/hosts`,
    ...(timezone === undefined
      ? []
      : [
          `echo ${quoted(timezone)} >/etc/timezone`,
          `ln -sf /usr/share/zoneinfo/${quoted(timezone)} /etc/localtime`,
        ]),
    '',
    '# The system keeps the ssh host key that was made for it, and no other.',
    'systemctl disable regenerate_ssh_host_keys.service >/dev/null 2>&1',
    'rm -f /etc/systemd/system/*.wants/regenerate_ssh_host_keys.service /etc/ssh/ssh_host_*',
    put('root:root', '0600', key, hostKey.privateKey),
    put('root:root', '0644', `${key}.pub`, `${formatPublicKey(hostKey.publicKey)}\n`),
    put('root:root', '0644', MARKER, marker),
    put(
      'root:root',
      '0644',
      '/etc/ssh/sshd_config.d/10-rpi.conf',
      `PasswordAuthentication ${passwords ? 'yes' : 'no'}\nPermitRootLogin ${accounts.root.length === 0 ? 'no' : 'prohibit-password'}\n`,
    ),
    '',
    ...firstUser(accounts.first),
    ...usersOf(accounts).flatMap(userLines),
    ...(accounts.root.length === 0 ? [] : authorise('root:root', '/root', accounts.root)),
    '',
    ...(wifi === undefined
      ? []
      : [
          put('root:root', '0600', `${CONNECTIONS}/rpi-wifi.nmconnection`, wifiConnection(facts)),
          'rfkill unblock wifi',
          ...(wifi.country === undefined
            ? []
            : [`raspi-config nonint do_wifi_country ${quoted(wifi.country)}`]),
        ]),
    ...(address === undefined || address.interface.startsWith('wlan')
      ? []
      : [
          put('root:root', '0600', `${CONNECTIONS}/rpi-wired.nmconnection`, wiredConnection(facts)),
        ]),
    'systemctl enable ssh',
    '',
    `rm -f ${BOOT}/firstrun.sh`,
    `sed -i 's/ systemd\\.\\(run\\|unit\\)[^ ]*//g' ${BOOT}/cmdline.txt`,
    'sync',
    'exit 0',
    '',
  ].join('\n');
}

/** The image has a user 1000 called pi; userconf renames it and ends the assistant at the console. */
function firstUser(first: Account | undefined): string[] {
  if (first === undefined) return [];
  return [
    'if [ -x /usr/lib/userconf-pi/userconf ]; then',
    `  /usr/lib/userconf-pi/userconf ${first.name} '*'`,
    'fi',
    'systemctl disable userconfig.service >/dev/null 2>&1',
  ];
}

/** Account names are checked by the time they come here. */
function userLines({ name, sudo, keys }: Account): string[] {
  return [
    `id -u ${name} >/dev/null 2>&1 || useradd --create-home --shell /bin/bash --password '*' ${name}`,
    `for group in ${[...USER_GROUPS, ...(sudo ? ['sudo'] : [])].join(' ')}; do`,
    `  usermod -a -G "$group" ${name} 2>/dev/null`,
    'done',
    ...(sudo
      ? [
          put(
            'root:root',
            '0440',
            `/etc/sudoers.d/rpi-${name}`,
            `${name} ALL=(ALL) NOPASSWD: ALL\n`,
          ),
        ]
      : []),
    ...(keys.length === 0 ? [] : authorise(`${name}:${name}`, `/home/${name}`, keys)),
  ];
}

function authorise(owner: string, home: string, keys: readonly PublicKey[]): string[] {
  const content = keys.map((key) => `${formatPublicKey(key)}\n`).join('');
  return [
    `install -d -m 0700 -o ${owner.replace(':', ' -g ')} ${home}/.ssh`,
    put(owner, '0600', `${home}/.ssh/authorized_keys`, content),
  ];
}

const CONNECTIONS = '/etc/NetworkManager/system-connections';

/** In NetworkManager's keyfile format; a network's name as its bytes, which need no escaping. */
function wifiConnection({ wifi, address }: SystemFacts): string {
  const bytes = [...Buffer.from(wifi?.name ?? '', 'utf8')].map((byte) => `${byte};`).join('');
  return [
    '[connection]',
    'id=rpi-wifi',
    'type=wifi',
    '',
    '[wifi]',
    'mode=infrastructure',
    `ssid=${bytes}`,
    '',
    ...(wifi?.key === undefined
      ? []
      : ['[wifi-security]', 'key-mgmt=wpa-psk', `psk=${wifi.key}`, '']),
    ...ipv4(address?.interface.startsWith('wlan') === true ? address : undefined),
  ].join('\n');
}

function wiredConnection({ address }: SystemFacts): string {
  const head = ['[connection]', 'id=rpi-wired', 'type=ethernet'];
  return [...head, `interface-name=${address?.interface ?? 'eth0'}`, '', ...ipv4(address)].join(
    '\n',
  );
}

function ipv4(address: SystemFacts['address']): string[] {
  if (address === undefined) return ['[ipv4]', 'method=auto', ''];
  const servers = address.nameServers.map((server) => `${server};`).join('');
  return [
    '[ipv4]',
    'method=manual',
    `address1=${address.address},${address.gateway}`,
    ...(servers === '' ? [] : [`dns=${servers}`]),
    '',
  ];
}

/** base64 has no character that a shell reads; what is written is what was meant, to the byte. */
function put(owner: string, mode: string, path: string, content: string): string {
  const encoded = Buffer.from(content, 'utf8').toString('base64');
  return `echo ${encoded} | put ${owner} ${mode} ${path}`;
}
