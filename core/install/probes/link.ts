import type { InstallInput } from '../backend.ts';
import type { Probe } from '../probe.ts';

export const linkProbe: Probe<InstallInput> = {
  name: 'link',
  why: 'An installer without a network stops after it has taken over, and nobody can reach it.',
  find: ({ facts, medium }) => {
    const name = medium.interface;
    if (name === undefined) {
      return {
        status: 'failed',
        detail: 'which interface the installer uses is computed by its settings',
        remedy: 'Write a plain value for ifname.',
      };
    }
    const own = facts.addresses.find(({ address }) => address === facts.sshAddress)?.link;
    if (name.startsWith('wlan')) {
      return facts.links.some(({ kind }) => kind === 'wireless')
        ? {
            status: 'warning',
            detail: `the installer uses Wi-Fi (ifname=${name}): a wrong password or a weak signal ends it`,
            remedy: 'Plug in a cable if you can, and set ifname=eth0.',
          }
        : { status: 'failed', detail: 'it has no Wi-Fi, and ifname asks for it', remedy: CABLE };
    }
    const wired = facts.links.filter(({ kind }) => kind === 'wired');
    const up = wired.find((link) => link.up && link.name === own) ?? wired.find((link) => link.up);
    if (up === undefined) {
      return {
        status: 'failed',
        detail:
          wired.length === 0
            ? 'it has no wired network, and the installer uses it'
            : `no cable is plugged in to ${wired.map((link) => link.name).join(', ')}, and the installer uses it`,
        remedy: CABLE,
      };
    }
    return own !== undefined && own !== up.name
      ? {
          status: 'warning',
          detail: `it answers by ${own}, and will be installed by ${up.name}: its address may change`,
          remedy: 'Use the cable’s address in the inventory (ansible_host).',
        }
      : { status: 'ok', detail: `wired (${up.name})` };
  },
};

const CABLE =
  'Plug in a cable; or, if it has Wi-Fi, opt in to it: ifname=wlan0 with wlan_ssid and wlan_psk.';
