import { describe, expect, it } from 'vitest';
import {
  addressesInProcNetArp,
  parseArpTable,
  parseProcNetArp,
} from '../../../core/formats/arp.ts';

const PROC = `IP address       HW type     Flags       HW address            Mask     Device
10.77.0.21       0x1         0x2         dc:a6:32:4a:10:02     *        br0
10.77.0.22       0x1         0x0         00:00:00:00:00:00     *        br0
10.77.0.23       0x1         0x6         b8:27:eb:4a:10:01     *        br0
10.77.0.24       0x1         0x0         b8:27:eb:4a:10:09     *        br0
`;

const MACOS = `? (192.168.1.1) at 3c:37:12:a:b:c on en0 ifscope [ethernet]
? (192.168.1.5) at b8:27:eb:1:2:3 on en0 ifscope [ethernet]
? (192.168.1.6) at (incomplete) on en0 ifscope [ethernet]
kitchen.fritz.box (192.168.1.7) at dc:a6:32:0:f:10 on en0 ifscope [ethernet]
? (192.168.1.20) at 8:0:27:1:2:3 on en0 ifscope permanent [ethernet]
? (192.168.1.255) at ff:ff:ff:ff:ff:ff on en0 ifscope [ethernet]
? (224.0.0.251) at 1:0:5e:0:0:fb on en0 ifscope permanent [ethernet]
`;

const LINUX_NET_TOOLS = `? (10.77.0.21) at dc:a6:32:4a:10:02 [ether] on br0
? (10.77.0.22) at <incomplete> on br0
_gateway (10.77.0.1) at 3c:37:12:0a:0b:0c [ether] on br0
`;

const FREEBSD = `? (10.0.0.9) at e4:5f:01:00:00:07 on em0 expires in 1183 seconds [ethernet]
? (10.0.0.1) at (incomplete) on em0 expired [ethernet]
`;

const WINDOWS = [
  '',
  'Interface: 192.168.1.10 --- 0xb',
  '  Internet Address      Physical Address      Type',
  '  192.168.1.1           3c-37-12-0a-0b-0c     dynamic   ',
  '  192.168.1.21          b8-27-eb-4a-10-01     dynamic   ',
  '  192.168.1.255         ff-ff-ff-ff-ff-ff     static    ',
  '  224.0.0.251           01-00-5e-00-00-fb     static    ',
  '',
  'Interface: 172.28.64.1 --- 0x24',
  '  Internet Address      Physical Address      Type',
  '  172.28.79.255         ff-ff-ff-ff-ff-ff     static    ',
  '',
].join('\r\n');

/** German; the umlauts are as the console's code page 850 leaves them when read as UTF-8. */
const WINDOWS_GERMAN = [
  '',
  'Schnittstelle: 192.168.178.24 --- 0x7',
  '  Internetadresse       Physische Adresse     Typ',
  '  192.168.178.1         3c-37-12-0a-0b-0c     dynamisch ',
  '  192.168.178.62        2c-cf-67-4a-10-04     dynamisch ',
  '  255.255.255.255       ff-ff-ff-ff-ff-ff     statisch  ',
  '',
].join('\r\n');

const WINDOWS_FRENCH = [
  '',
  'Interface\uFFFD: 192.168.0.12 --- 0x5',
  '  Adresse Internet      Adresse physique      Type',
  '  192.168.0.14          98-fe-54-4a-10-05     dynamique ',
  '',
].join('\r\n');

describe('/proc/net/arp', () => {
  it('gives resolved entries and leaves out those still asked for or failed', () => {
    expect(parseProcNetArp(PROC)).toEqual([
      { address: '10.77.0.21', mac: 'dc:a6:32:4a:10:02' },
      { address: '10.77.0.23', mac: 'b8:27:eb:4a:10:01' },
    ]);
  });

  it('tells which addresses have an entry at all', () => {
    expect(addressesInProcNetArp(PROC)).toEqual([21, 22, 23, 24].map((n) => `10.77.0.${n}`));
  });

  it('gives nothing for an empty or foreign text', () => {
    expect(parseProcNetArp('')).toEqual([]);
    expect(parseProcNetArp(WINDOWS)).toEqual([]);
  });
});

describe('arp -a', () => {
  it('of macOS: puts back left-out zeros, skips incomplete, broadcast and multicast', () => {
    expect(parseArpTable(MACOS)).toEqual([
      { address: '192.168.1.1', mac: '3c:37:12:0a:0b:0c' },
      { address: '192.168.1.5', mac: 'b8:27:eb:01:02:03' },
      { address: '192.168.1.7', mac: 'dc:a6:32:00:0f:10' },
      { address: '192.168.1.20', mac: '08:00:27:01:02:03' },
    ]);
  });

  it('of Linux and FreeBSD', () => {
    expect(parseArpTable(LINUX_NET_TOOLS)).toEqual([
      { address: '10.77.0.21', mac: 'dc:a6:32:4a:10:02' },
      { address: '10.77.0.1', mac: '3c:37:12:0a:0b:0c' },
    ]);
    expect(parseArpTable(FREEBSD)).toEqual([{ address: '10.0.0.9', mac: 'e4:5f:01:00:00:07' }]);
  });

  it.each([
    ['English', WINDOWS, { address: '192.168.1.21', mac: 'b8:27:eb:4a:10:01' }, 2],
    ['German', WINDOWS_GERMAN, { address: '192.168.178.62', mac: '2c:cf:67:4a:10:04' }, 2],
    ['French', WINDOWS_FRENCH, { address: '192.168.0.14', mac: '98:fe:54:4a:10:05' }, 1],
  ])('of Windows in %s', (_language, text, pi, count) => {
    const table = parseArpTable(text);
    expect(table).toHaveLength(count);
    expect(table.at(-1)).toEqual(pi);
  });
});
