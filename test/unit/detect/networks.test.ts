import { describe, expect, it } from 'vitest';
import { kindOfLink } from '../../../core/detect/interfaces.ts';
import {
  chooseNetworks,
  type AttachedNetwork,
  type LinkKind,
} from '../../../core/detect/networks.ts';
import { RpiError } from '../../../core/errors.ts';
import { formatNetwork, networkOf, parseNetwork } from '../../../core/formats/ipv4.ts';
import type { Route } from '../../../core/formats/route-table.ts';

function attached(name: string, kind: LinkKind, address: string, prefix: number): AttachedNetwork {
  const network = parseNetwork(`${address}/${prefix}`) ?? networkOf(0, 0);
  return { interface: name, kind, address, network };
}

const defaultVia = (via: string, metric = 0): Route => ({
  destination: { base: 0, prefix: 0 },
  direct: false,
  via,
  metric,
});

/** A laptop: cable, Wi-Fi, containers, a VPN and a bridge for virtual machines. */
const LAPTOP = [
  attached('lo', 'loopback', '127.0.0.1', 8),
  attached('eth0', 'physical', '192.168.1.10', 24),
  attached('wlan0', 'physical', '192.168.2.10', 24),
  attached('docker0', 'container', '172.17.0.1', 16),
  attached('br0', 'bridge', '10.77.0.1', 24),
  attached('wg0', 'point-to-point', '10.8.0.5', 24),
];
const ROUTES = [defaultVia('wlan0', 600), defaultVia('eth0', 100)];

const UNNAMED = { named: [], routed: false };
const named = (...networks: string[]) => ({ named: networks, routed: false });

const chosen = (...args: Parameters<typeof chooseNetworks>): string[] =>
  chooseNetworks(...args).map((t) => `${formatNetwork(t.network)} ${t.reach}`);

function refusal(...args: Parameters<typeof chooseNetworks>): RpiError {
  try {
    chooseNetworks(...args);
  } catch (error) {
    if (RpiError.is(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('unasked', () => {
  it('the network of the best default route is searched', () => {
    expect(chosen(UNNAMED, LAPTOP, ROUTES)).toEqual(['192.168.1.0/24 link']);
  });

  it('on Windows, where routes name addresses, too', () => {
    expect(chosen(UNNAMED, LAPTOP, [defaultVia('192.168.2.10')])).toEqual(['192.168.2.0/24 link']);
  });

  it.each([
    ['docker0', 'containers'],
    ['br0', 'bridge'],
    ['wg0', 'VPN'],
  ])('the default route over %s is refused, and the others are named', (via, why) => {
    const error = refusal(UNNAMED, LAPTOP, [defaultVia(via)]);
    expect(error.code).toBe('detect.no-network');
    expect(error.message).toContain(why);
    expect(error.remedy).toContain('rpi detect --network 192.168.1.0/24');
    expect(error.remedy).not.toContain('10.8.0.0');
  });

  it('a public network and one larger than a /22 are refused, a /22 is not', () => {
    const on = (address: string, prefix: number) => [attached('eth0', 'physical', address, prefix)];
    const routes = [defaultVia('eth0')];
    expect(refusal(UNNAMED, on('203.0.113.9', 24), routes).message).toContain(
      'not a private network',
    );
    expect(refusal(UNNAMED, on('10.0.0.9', 21), routes).message).toContain('larger than a /22');
    expect(chosen(UNNAMED, on('10.0.0.9', 22), routes)).toEqual(['10.0.0.0/22 link']);
  });

  it('a machine without a default route, or without any network, gets told so', () => {
    expect(refusal(UNNAMED, LAPTOP, []).message).toContain('no default route');
    expect(refusal(UNNAMED, [], []).remedy).toContain('Connect this machine');
  });
});

describe('named networks', () => {
  it('may be on a bridge or of containers', () => {
    expect(chosen(named('10.77.0.0/24', '172.17.0.0/24'), LAPTOP, ROUTES)).toEqual([
      '10.77.0.0/24 link',
      '172.17.0.0/24 link',
    ]);
  });

  it('may be parts of attached ones, and each is searched once', () => {
    expect(
      chosen(named('192.168.1.128/25', '192.168.1.0/24', '192.168.1.7/24'), LAPTOP, ROUTES),
    ).toEqual(['192.168.1.0/24 link']);
  });

  it('come with the address to ask from', () => {
    expect(chooseNetworks(named('192.168.2.0/24'), LAPTOP, ROUTES)).toMatchObject([
      { reach: 'link', from: '192.168.2.10' },
    ]);
  });

  it('that are not attached are refused; the message lists what is there, the remedy what to do', () => {
    const error = refusal(named('10.99.0.0/24'), LAPTOP, ROUTES);
    expect(error.code).toBe('detect.no-network');
    expect(error.message).toContain('not attached to 10.99.0.0/24');
    expect(error.message).toContain('192.168.1.0/24 (eth0, a network card)');
    expect(error.remedy).toContain('--routed');
    expect(error.remedy).toContain('--hosts');
  });

  it('beyond routers, or through a VPN, are searched when that is asked for', () => {
    const wish = { named: ['10.99.0.0/24', '10.8.0.0/24'], routed: true };
    expect(chosen(wish, LAPTOP, ROUTES)).toEqual(['10.99.0.0/24 routed', '10.8.0.0/24 routed']);
    expect(refusal(named('10.8.0.0/24'), LAPTOP, ROUTES).code).toBe('detect.no-network');
  });

  it('of which only a part is attached are refused with that part', () => {
    const error = refusal(named('192.168.0.0/16'), LAPTOP, ROUTES);
    expect(error.message).toContain('a part of 192.168.0.0/16 only');
    expect(error.remedy).toContain('--network 192.168.1.0/24');
  });

  it('larger than a /16 are refused', () => {
    expect(refusal(named('10.0.0.0/8'), LAPTOP, ROUTES)).toMatchObject({ code: 'input.invalid' });
  });

  it.each(['pi', '192.168.1.0', '192.168.1.0/33', '300.1.1.1/24', 'fe80::/64'])(
    'that are none, such as %s, are refused with an example',
    (text) => {
      const error = refusal(named(text), LAPTOP, ROUTES);
      expect(error.code).toBe('input.invalid');
      expect(error.message).toContain(text);
      expect(error.remedy).toContain('192.168.1.0/24');
    },
  );
});

describe('the kind of a link', () => {
  const link = (name: string, more = {}) => kindOfLink({ name, loopback: false, ...more });

  it.each([
    'eth0',
    'enp3s0',
    'wlan0',
    'wlp2s0',
    'en0',
    'eth0.20',
    'bond0',
    'Ethernet',
    'WLAN',
    'Wi-Fi',
  ])('%s is a network card', (name) => {
    expect(link(name, { flags: 0x1003 })).toBe('physical');
  });

  it.each([
    'docker0',
    'br-0123456789ab',
    'virbr0',
    'vethe1f2a3b',
    'cni0',
    'vmnet8',
    'vEthernet (WSL)',
    'lxdbr0',
  ])('%s is of containers or virtual machines', (name) => {
    expect(link(name, { bridge: true })).toBe('container');
  });

  it.each(['tun0', 'wg0', 'utun3', 'ppp0', 'tailscale0', 'zt3jn7q2ab', 'gif0'])(
    '%s is a tunnel',
    (name) => {
      expect(link(name)).toBe('point-to-point');
    },
  );

  it.each(['br0', 'br-lan', 'bridge100'])('%s is a bridge', (name) => {
    expect(link(name)).toBe('bridge');
  });

  it('goes by what the kernel says before names', () => {
    expect(link('home', { deviceType: 'wireguard' })).toBe('point-to-point');
    expect(link('home', { tunnel: true })).toBe('point-to-point');
    expect(link('home', { flags: 0x10d1 })).toBe('point-to-point');
    expect(link('lan', { bridge: true })).toBe('bridge');
    expect(kindOfLink({ name: 'dummy', loopback: true })).toBe('loopback');
  });
});
