import { describe, expect, it } from 'vitest';
import { formatNetwork } from '../../../core/formats/ipv4.ts';
import {
  parseNetstatRoutes,
  parseProcNetRoute,
  parseRoutePrint,
  type Route,
} from '../../../core/formats/route-table.ts';

const shown = (routes: readonly Route[]) =>
  routes.map(
    (r) => `${formatNetwork(r.destination)} ${r.direct ? 'direct' : 'routed'} ${r.via} ${r.metric}`,
  );

const PROC = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
*\t0000000A\t00000000\t0200\t0\t0\t0\t000000FF\t0\t0\t0
`;

const MACOS = `Routing tables

Internet:
Destination        Gateway            Flags               Netif Expire
default            192.168.1.1        UGScg                 en0
default            link#20            UCSIg           bridge100      !
10.8/16            10.8.0.5           UGSc                utun3
127                127.0.0.1          UCS                   lo0
127.0.0.1          127.0.0.1          UH                    lo0
169.254            link#6             UCS                   en0      !
192.168.1          link#6             UCS                   en0      !
192.168.1.1/32     link#6             UCS                   en0      !
192.168.1.1        3c:37:12:a:b:c     UHLWIir               en0   1187
`;

const WINDOWS = [
  '===========================================================================',
  'Interface List',
  ' 11...b8 27 eb 4a 10 01 ......Intel(R) Ethernet Connection',
  '===========================================================================',
  '',
  'IPv4 Route Table',
  '===========================================================================',
  'Active Routes:',
  'Network Destination        Netmask          Gateway       Interface  Metric',
  '          0.0.0.0          0.0.0.0      192.168.1.1     192.168.1.10     25',
  '        127.0.0.0        255.0.0.0         On-link         127.0.0.1    331',
  '      192.168.1.0    255.255.255.0         On-link      192.168.1.10    281',
  '===========================================================================',
  'Persistent Routes:',
  '  None',
  '',
].join('\r\n');

describe('routing tables', () => {
  it('of Linux, without rejecting routes', () => {
    expect(shown(parseProcNetRoute(PROC))).toEqual([
      '0.0.0.0/0 routed wlan0 600',
      '0.0.0.0/0 routed eth0 100',
      '172.17.0.0/16 direct docker0 0',
      '192.168.1.0/24 direct eth0 100',
    ]);
  });

  it('of macOS, with shortened destinations', () => {
    const routes = shown(parseNetstatRoutes(MACOS));
    expect(routes[0]).toBe('0.0.0.0/0 routed en0 0');
    expect(routes).toContain('10.8.0.0/16 routed utun3 0');
    expect(routes).toContain('192.168.1.0/24 direct en0 0');
    expect(routes).toContain('169.254.0.0/16 direct en0 0');
  });

  it('of Windows, in any language', () => {
    const expected = [
      '0.0.0.0/0 routed 192.168.1.10 25',
      '127.0.0.0/8 direct 127.0.0.1 331',
      '192.168.1.0/24 direct 192.168.1.10 281',
    ];
    expect(shown(parseRoutePrint(WINDOWS))).toEqual(expected);
    const german = WINDOWS.replaceAll('On-link', 'Auf Verbindung').replace('None', 'Keine');
    expect(shown(parseRoutePrint(german))).toEqual(expected);
  });

  it('are empty for a foreign text', () => {
    for (const parse of [parseProcNetRoute, parseNetstatRoutes, parseRoutePrint]) {
      expect(parse('nothing\nof the kind\n')).toEqual([]);
    }
  });
});
