import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isGroupMac, isLocallyAdministered, normalizeMac } from '../../../core/formats/mac.ts';

describe('normalizing a MAC', () => {
  it.each([
    ['B8:27:EB:4A:10:01', 'b8:27:eb:4a:10:01'],
    ['b8-27-eb-4a-10-01', 'b8:27:eb:4a:10:01'],
    ['b827.eb4a.1001', 'b8:27:eb:4a:10:01'],
    ['b827eb4a1001', 'b8:27:eb:4a:10:01'],
    ['b8:27:eb:1:2:3', 'b8:27:eb:01:02:03'],
  ])('reads %s', (text, mac) => {
    expect(normalizeMac(text)).toBe(mac);
  });

  it.each([
    '',
    '(incomplete)',
    '00:00:00:00:00:00',
    'ff-ff-ff-ff-ff-ff',
    'b8:27:eb:4a:10',
    'b8:27-eb:4a:10:01',
    'b8:27:eb:4a:10:0g',
    'fe80::1',
  ])('refuses “%s”', (text) => {
    expect(normalizeMac(text)).toBeUndefined();
  });

  it('is the same however often it is done, and whichever spelling it began with', () => {
    const bytes = fc.uint8Array({ minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(bytes, fc.constantFrom(':', '-'), fc.boolean(), (mac, separator, zeros) => {
        const parts = [...mac].map((byte) => byte.toString(16).padStart(zeros ? 2 : 1, '0'));
        const once = normalizeMac(parts.join(separator));
        fc.pre(once !== undefined);
        expect(once).toMatch(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/);
        expect(normalizeMac(once)).toBe(once);
        expect(once.split(':').map((part) => Number.parseInt(part, 16))).toEqual([...mac]);
      }),
    );
  });
});

it('tells made-up and group addresses from a vendor’s', () => {
  expect(isLocallyAdministered('02:42:ac:11:00:02')).toBe(true);
  expect(isLocallyAdministered('b8:27:eb:00:00:01')).toBe(false);
  expect(isGroupMac('01:00:5e:00:00:fb')).toBe(true);
  expect(isGroupMac('b8:27:eb:00:00:01')).toBe(false);
});
