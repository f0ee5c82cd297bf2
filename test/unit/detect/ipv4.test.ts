import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contains,
  formatAddress,
  formatNetwork,
  hostsOf,
  includes,
  isPrivate,
  networkOf,
  parseAddress,
  parseNetwork,
  prefixOfMask,
  sizeOf,
} from '../../../core/formats/ipv4.ts';

const address = fc.integer({ min: 0, max: 0xffffffff });
const network = fc.tuple(address, fc.integer({ min: 0, max: 32 })).map(([a, p]) => networkOf(a, p));
const parsed = (text: string) => parseNetwork(text) ?? networkOf(0, 0);

describe('addresses and networks', () => {
  it('are written as they are read', () => {
    fc.assert(fc.property(address, (a) => parseAddress(formatAddress(a)) === a));
    fc.assert(
      fc.property(network, (n) => {
        expect(parseNetwork(formatNetwork(n))).toEqual(n);
      }),
    );
  });

  it('contain themselves and the networks of their addresses', () => {
    fc.assert(
      fc.property(
        address,
        fc.integer({ min: 0, max: 32 }),
        fc.integer({ min: 0, max: 32 }),
        (a, p, q) => {
          const [wide, narrow] = [networkOf(a, Math.min(p, q)), networkOf(a, Math.max(p, q))];
          expect(contains(wide, narrow)).toBe(true);
          expect(includes(narrow, a)).toBe(true);
          expect(contains(narrow, wide)).toBe(p === q);
        },
      ),
    );
  });

  it.each(['10.0.0.256', '10.0.0', '10.0.0.01', '10.0.0.1.2', 'pi', '', ' 10.0.0.1', '1e1.0.0.1'])(
    '“%s” is no address',
    (text) => {
      expect(parseAddress(text)).toBeUndefined();
    },
  );

  it.each([
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '300.1.1.1/24',
    '10.0.0.0/-1',
    '::/0',
  ])('“%s” is no network', (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });

  it('has hosts between its own address and that of broadcast', () => {
    const hosts = [...hostsOf(parsed('10.0.0.17/24'))].map(formatAddress);
    expect(hosts).toHaveLength(254);
    expect([hosts[0], hosts.at(-1)]).toEqual(['10.0.0.1', '10.0.0.254']);
    expect([...hostsOf(parsed('10.0.0.4/31'))]).toHaveLength(2);
    expect([...hostsOf(parsed('10.0.0.4/32'))].map(formatAddress)).toEqual(['10.0.0.4']);
    expect(sizeOf(parsed('0.0.0.0/0'))).toBe(2 ** 32);
  });

  it('knows the private networks', () => {
    for (const text of ['10.0.0.0/8', '172.31.0.0/16', '192.168.7.0/24']) {
      expect(isPrivate(parsed(text))).toBe(true);
    }
    for (const text of ['172.32.0.0/16', '192.169.0.0/24', '8.8.8.0/24', '192.0.0.0/8']) {
      expect(isPrivate(parsed(text))).toBe(false);
    }
  });

  it('knows masks, and that masks have no holes', () => {
    expect(prefixOfMask(0xffffff00)).toBe(24);
    expect(prefixOfMask(0)).toBe(0);
    expect(prefixOfMask(0xff00ff00)).toBeUndefined();
  });
});
