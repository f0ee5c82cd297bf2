/** A Pi that may be installed, and everything around it; tests change one thing. */
import type { RenderedFile } from '../../../core/create/host-files.ts';
import { generateKeyPair, formatPublicKey } from '../../../core/formats/ssh-key.ts';
import { netinstMedium } from '../../../core/install/backends/netinst/medium.ts';
import type { Medium } from '../../../core/install/backend.ts';
import { FACTS_BEGIN, FACTS_END } from '../../../core/install/facts-script.ts';
import { look, type SourceInput } from '../../../core/install/probe.ts';
import type { InstallInput } from '../../../core/install/backend.ts';
import type { NamedFinding } from '../../../core/runs/finding.ts';
import { parseTargetFacts, type TargetFacts } from '../../../core/install/target-facts.ts';
import type { InventoryHost } from '../../../core/inventory/host.ts';

/** What FACTS_SCRIPT prints on a Pi 4 with Raspberry Pi OS. */
export const ANSWER = `Linux says hello
${FACTS_BEGIN}
model Raspberry Pi 4 Model B Rev 1.4
serial 10000000E14A1003
revision 00c03114
os Raspbian GNU/Linux 12 (bookworm)
machine-id 0123456789abcdef0123456789abcdef
boot-id 29a945fa-c120-4280-be81-199b665ce2e3
root yes
memory 1917676
ssh-address 192.168.1.40
link eth0 E4:5F:01:4A:10:03 wired 1
link wlan0 e4:5f:01:4a:10:04 wireless
address lo 127.0.0.1/8
address eth0 192.168.1.40/24
boot /boot/firmware
boot-mount vfat rw,relatime,fmask=0022
boot-space 522230 453632
boot-used 68598
boot-device mmcblk0p1 mmcblk0
boot-file 52476 bootcode.bin
boot-file 1203 config.txt
boot-file 310 raspberrypi-ua-netinst/config.txt
boot-file 60 raspberrypi-ua-netinst/cmdline.txt
boot-file 25000000 raspberrypi-ua-netinst/initramfs.gz
boot-file 6000000 raspberrypi-ua-netinst/kernel7l.img
root-device mmcblk0p2 mmcblk0
disk mmcblk0 62333952
mount mmcblk0p2 mmcblk0 /
mount mmcblk0p1 mmcblk0 /boot/firmware
${FACTS_END}
`;

export function factsOf(answer = ANSWER): TargetFacts {
  const facts = parseTargetFacts(answer);
  if (facts === undefined) throw new Error('no answer');
  return facts;
}

export const HOST: InventoryHost = {
  name: 'kitchen',
  address: '192.168.1.40',
  port: 22,
  user: 'pi',
  become: false,
  groups: [],
  serial: '10000000e14a1003',
  macs: ['e4:5f:01:4a:10:03'],
  model: 'Raspberry Pi 4 Model B Rev 1.4',
  variables: {},
};

const KEY = formatPublicKey(generateKeyPair('test').publicKey);
/** Lines of an installer-config.txt that nothing speaks against. */
export const CONFIG: Readonly<Record<string, string>> = {
  release: 'bullseye',
  rootpw: 'hidden',
  arch: 'armhf',
  mirror: 'http://mirror.test/raspbian/',
  username: 'pi',
  user_ssh_pubkey: `'${KEY}'`,
  root_ssh_pubkey: `'${KEY}'`,
  root_ssh_pwlogin: '0',
  bootsize: '+512M',
};

export function rendered(config: Readonly<Record<string, string>>, more = ''): RenderedFile[] {
  const text = Object.entries(config).map(([name, value]) => `${name}=${value}\n`);
  return [{ path: 'config/installer-config.txt', content: `${text.join('')}${more}` }];
}

/** What the back-end makes of rendered files. */
export function medium(files: readonly RenderedFile[]): Medium {
  return netinstMedium({ host: HOST, files, syntaxFaults: [] });
}

export const SOURCE: SourceInput = {
  url: 'http://mirror.test/raspbian/dists/bullseye/Release',
  fromPi: { type: 'ok' },
  addresses: ['192.0.2.1'],
  fromHere: {
    type: 'release',
    release: {
      origin: 'Raspbian',
      suite: 'oldstable',
      codename: 'bullseye',
      architectures: ['armhf'],
      components: ['main', 'contrib', 'non-free', 'rpi'],
      validUntil: undefined,
    },
  },
};

export function input(changes: Partial<InstallInput> = {}): InstallInput {
  return {
    host: HOST,
    facts: factsOf(),
    vitals: { throttled: 0 },
    here: {
      machineId: 'f'.repeat(32),
      bootId: '11111111-2222-3333-4444-555555555555',
      addresses: ['192.168.1.10', '172.17.0.1'],
      gateways: ['192.168.1.1'],
      nameServers: ['192.168.1.1', '9.9.9.9'],
    },
    medium: medium(rendered(CONFIG)),
    sources: [SOURCE],
    arming: 'tryboot',
    now: Date.UTC(2026, 0, 1),
    ...changes,
  };
}

/** Like input, with some settings changed; undefined removes one. */
export function withSettings(
  changes: Readonly<Record<string, string | undefined>>,
  more = '',
): InstallInput {
  const all = Object.entries({ ...CONFIG, ...changes });
  const config = Object.fromEntries(
    all.flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, value]],
    ),
  );
  return input({ medium: medium(rendered(config, more)) });
}

/** Like input, with lines of the Pi's answer replaced. */
export function withAnswer(changes: readonly (readonly [string | RegExp, string])[]): InstallInput {
  const text = changes.reduce((answer, [from, to]) => {
    const changed = answer.replace(from, to);
    if (changed === answer) throw new Error(`not in the sample: ${String(from)}`);
    return changed;
  }, ANSWER);
  return input({ facts: factsOf(text) });
}

/** One finding of the back-end's own probes. */
export function netinstFinding(name: string, given: InstallInput): NamedFinding | undefined {
  return look(given.medium.probes, given).find((finding) => finding.name === name);
}
