/** Options that make sense only together, offered as one snippet where none of them is set yet. */
import type { Completion, TextRange } from '../features.ts';
import type { InstallerFacts } from './facts.ts';

type Pair = {
  readonly label: string;
  readonly detail: string;
  /** Lines `name=value`, with places to fill in. */
  readonly lines: readonly string[];
};

const PAIRS: readonly Pair[] = [
  {
    label: 'fixed address',
    detail: 'An address of its own, with mask, gateway and name servers',
    lines: [
      'ip_addr=${1:192.168.1.20}',
      'ip_netmask=${2:255.255.255.0}',
      'ip_broadcast=${3:192.168.1.255}',
      'ip_gateway=${4:192.168.1.1}',
      "ip_nameservers='${5:192.168.1.1}'",
    ],
  },
  {
    label: 'Wi-Fi',
    detail: 'The network, its country and its key',
    lines: [
      'ifname=wlan0',
      'wlan_country=${1:GB}',
      "wlan_ssid='${2:name of the network}'",
      'wlan_psk_encrypted=${3:64 hexadecimal digits}',
    ],
  },
  {
    label: 'user with key',
    detail: 'A user who logs in by key and may become root',
    lines: ['username=${1:pi}', "user_ssh_pubkey='${2:ssh-ed25519 …}'", 'userperms_admin=1'],
  },
  {
    label: 'root by key only',
    detail: 'Root logs in by key, and nobody by password',
    lines: ["root_ssh_pubkey='${1:ssh-ed25519 …}'", 'root_ssh_pwlogin=0', 'ssh_pwlogin=0'],
  },
  {
    label: 'locale',
    detail: 'The languages that are made, and the one that is the default',
    lines: ["locales='${1:en_GB.UTF-8}'", 'system_default_locale=${1:en_GB.UTF-8}'],
  },
];

/** Lines of options that this installer does not have, or calls deprecated, are left out. */
export function pairs({ dialect, settings }: InstallerFacts, range: TextRange): Completion[] {
  return PAIRS.flatMap(({ label, detail, lines: all }, index): Completion[] => {
    const lines = all.filter((line) => {
      const option = dialect.option(nameOf(line));
      return option !== undefined && option.deprecated !== true;
    });
    if (lines.length < 2 || lines.some((line) => settings.assignments.has(nameOf(line)))) return [];
    const shown = lines.map((line) => line.replace(/\$\{\d+:([^}]*)\}/g, '$1'));
    return [
      {
        label,
        kind: 'snippet',
        detail,
        documentation: ['```sh', ...shown, '```'].join('\n'),
        range,
        text: lines.join('\n'),
        isSnippet: true,
        order: `98${String(index)}`,
      },
    ];
  });
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf('='));
}
