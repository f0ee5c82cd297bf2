import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReleaseFile } from '../../../core/debian/release.ts';
import {
  FACTS_BEGIN,
  FACTS_END,
  FACTS_SCRIPT,
  reachScript,
} from '../../../core/install/facts-script.ts';
import { gatewaysOf } from '../../../core/install/gateways.ts';
import { parseReach, parseTargetFacts } from '../../../core/install/target-facts.ts';
import { ANSWER, factsOf } from './sample.ts';
import { runs } from '../../property-runs.ts';

describe('what a Pi tells', () => {
  it('is read', () => {
    expect(factsOf()).toMatchObject({
      model: 'Raspberry Pi 4 Model B Rev 1.4',
      serial: '10000000e14a1003',
      revision: { type: '4B', processor: 'BCM2711' },
      root: true,
      memory: 1917676 * 1024,
      links: [
        { name: 'eth0', mac: 'e4:5f:01:4a:10:03', kind: 'wired', up: true },
        { name: 'wlan0', kind: 'wireless', up: false },
      ],
      addresses: [{ link: 'eth0', address: '192.168.1.40' }],
      boot: {
        folder: '/boot/firmware',
        mount: { type: 'vfat' },
        device: { name: 'mmcblk0p1', disk: 'mmcblk0' },
        free: 453632 * 1024,
      },
      rootDevice: { name: 'mmcblk0p2', disk: 'mmcblk0' },
      disks: [{ name: 'mmcblk0', bytes: 62333952 * 512 }],
    });
    expect(factsOf().boot?.files.get('raspberrypi-ua-netinst/config.txt')).toBe(310);
  });

  it('counts only when it is whole', () => {
    expect(parseTargetFacts(ANSWER.replace(FACTS_END, ''))).toBeUndefined();
    expect(parseTargetFacts(FACTS_SCRIPT)).toBeUndefined();
  });

  it('never throws, and never carries control characters on', () => {
    const line = fc.tuple(
      fc.constantFrom('model', 'serial', 'link', 'disk', 'boot', 'boot-file', 'mount', 'busy', 'x'),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const text = lines.map(([key, value]) => `${key} ${value}`).join('\n');
        const facts = parseTargetFacts(`${FACTS_BEGIN}\n${text}\n${FACTS_END}\n`);
        expect(facts?.model ?? '').not.toMatch(/\p{C}/u);
        for (const { folder } of facts?.mounts ?? []) expect(folder).not.toMatch(/\p{C}/u);
      }),
      runs(40),
    );
  });

  it.runIf(process.platform === 'linux')('comes from a script that any sh runs to its end', () => {
    const answer = execFileSync('sh', ['-s'], { input: FACTS_SCRIPT, encoding: 'utf8' });
    const facts = parseTargetFacts(answer);
    expect(facts?.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(facts?.memory).toBeGreaterThan(0);
  });
});

describe('an address asked for from the Pi', () => {
  it('is given to the shell as it is, whatever is in it', () => {
    const script = reachScript(["http://x.test/a'b$(touch${IFS}/tmp/never)"]);
    expect(execFileSync('sh', ['-n'], { input: script, encoding: 'utf8' })).toBe('');
    expect(script).toContain(String.raw`'\''`);
  });

  it('was reached, refused, or not asked for', () => {
    const answer = 'reach 0 ok\nreach 1 status 404\nreach 2 failed\nreach 3 no-tool\n';
    expect([0, 1, 2, 3, 4].map((index) => parseReach(answer, index))).toEqual([
      { type: 'ok' },
      { type: 'status', status: '404' },
      { type: 'failed' },
      { type: 'no-tool' },
      undefined,
    ]);
  });
});

describe('the gateways of a routing table', () => {
  it('of Linux', () => {
    const table = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n
eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\n
eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\n`;
    expect(gatewaysOf('linux', table)).toEqual(['192.168.1.1']);
  });

  it('of macOS', () => {
    const table = `Destination        Gateway            Flags        Netif Expire
default            192.168.1.1        UGScg          en0
192.168.1          link#4             UCS            en0`;
    expect(gatewaysOf('bsd', table)).toEqual(['192.168.1.1']);
  });

  it('of Windows', () => {
    const table = `          0.0.0.0          0.0.0.0      192.168.1.1    192.168.1.20     25
      192.168.1.0    255.255.255.0         On-link      192.168.1.20    281`;
    expect(gatewaysOf('windows', table)).toEqual(['192.168.1.1']);
  });
});

describe('a Release file', () => {
  it('is read, with the files that it gives sums of by SHA-256', () => {
    const text = `Origin: Raspbian\nSuite: oldstable\nCodename: bookworm\nArchitectures: armhf\nComponents: main contrib non-free rpi firmware\nDate: Sun, 05 Oct 2025 10:44:43 UTC\nValid-Until: Sun, 12 Oct 2025 10:44:43 UTC\nMD5Sum:\n d41d8 0 main/binary-armhf/Packages\n`;
    expect(parseReleaseFile(text)).toEqual({
      origin: 'Raspbian',
      suite: 'oldstable',
      codename: 'bookworm',
      architectures: ['armhf'],
      components: ['main', 'contrib', 'non-free', 'rpi', 'firmware'],
      validUntil: Date.UTC(2025, 9, 12, 10, 44, 43),
      files: new Map(),
    });
  });

  it('is not the page of a captive portal', () => {
    expect(parseReleaseFile('<html>\n<h1>Please log in</h1>\n</html>')).toBeUndefined();
  });
});
