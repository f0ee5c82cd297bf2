import { describe, expect, it } from 'vitest';
import { RASPBERRY_PI_PREFIXES, raspberryPiPrefix } from '../../../core/data/mac-prefixes.ts';
import { isUndecided, judge } from '../../../core/detect/evidence.ts';

const RASPBIAN = 'SSH-2.0-OpenSSH_9.2p1 Raspbian-2+deb12u3';
const DEBIAN = 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3';

describe('a judgement', () => {
  it.each([
    ['a Pi prefix', { mac: 'b8:27:eb:00:00:01' }, true],
    ['a 28-bit Pi prefix', { mac: 'f0:40:af:94:10:06' }, true],
    ['the block next to a 28-bit Pi prefix', { mac: 'f0:40:af:84:10:06' }, false],
    ['a 36-bit Pi prefix', { mac: '8c:1f:64:34:a0:01' }, true],
    ['the block next to a 36-bit Pi prefix', { mac: '8c:1f:64:34:b0:01' }, false],
    ['another vendor', { mac: '00:11:32:00:00:01' }, false],
    ['another vendor with Debian’s ssh', { mac: '00:11:32:00:00:01', banner: DEBIAN }, false],
    [
      'another vendor with Raspbian’s ssh (a USB network adapter)',
      { mac: '00:11:32:00:00:01', banner: RASPBIAN },
      true,
    ],
    ['another vendor with a Pi’s name', { mac: '00:11:32:00:00:01', name: 'raspberrypi' }, false],
    ['a made-up MAC', { mac: '02:42:ac:11:00:02' }, false],
    ['a made-up MAC with a Pi’s name', { mac: '02:42:ac:11:00:02', name: 'raspberrypi-2' }, true],
    ['a Pi’s name alone', { name: 'raspberrypi' }, true],
    ['a name that only begins so', { name: 'rpigment' }, false],
    ['Raspbian’s ssh behind a router', { banner: RASPBIAN }, true],
    ['Debian’s ssh behind a router', { banner: DEBIAN }, false],
    ['nothing', {}, false],
  ])('of %s', (_what, observed, isPi) => {
    expect(judge(observed).isPi).toBe(isPi);
  });

  it('is certain by MAC or banner, not by a name that a MAC could still contradict', () => {
    expect(judge({ name: 'raspberrypi' }).isCertain).toBe(false);
    expect(judge({ mac: 'dc:a6:32:00:00:01' }).isCertain).toBe(true);
    expect(judge({ banner: RASPBIAN }).isCertain).toBe(true);
  });

  it('gives every reason, those against too', () => {
    const { evidence } = judge({ mac: '00:11:32:00:00:01', banner: RASPBIAN, name: 'garage' });
    expect(evidence.map(({ source, weight }) => [source, weight])).toEqual([
      ['mac', 'against'],
      ['ssh', 'for'],
      ['mdns', 'neutral'],
    ]);
    expect(evidence[1]?.says).toContain(RASPBIAN);
  });

  it('says when boards without Linux share the prefix', () => {
    expect(judge({ mac: '28:cd:c1:00:00:01' }).evidence[0]?.says).toContain('Pico W');
  });

  it('is undecided while nothing speaks for or against', () => {
    expect(isUndecided(judge({ mac: '02:42:ac:11:00:02', banner: DEBIAN }))).toBe(true);
    expect(isUndecided(judge({ mac: '00:11:32:00:00:01' }))).toBe(false);
  });
});

describe('the prefix table', () => {
  it('has prefixes of the length that their registry assigns', () => {
    const lengths = { 'MA-L': 6, 'MA-M': 7, 'MA-S': 9 };
    for (const { digits, registry } of RASPBERRY_PI_PREFIXES) {
      expect(digits).toMatch(/^[0-9a-f]+$/);
      expect(digits).toHaveLength(lengths[registry]);
    }
  });

  it('finds each of its prefixes', () => {
    for (const prefix of RASPBERRY_PI_PREFIXES) {
      const mac = prefix.digits.padEnd(12, '7').replace(/(..)(?=.)/g, '$1:');
      expect(raspberryPiPrefix(mac)).toBe(prefix);
    }
  });
});
