import { describe, expect, it } from 'vitest';
import { judge } from '../../../core/detect/evidence.ts';
import { createLedger } from '../../../core/detect/ledger.ts';
import type { Device } from '../../../core/detect/source.ts';

const PI = 'b8:27:eb:4a:10:01';
const NAS = '00:11:32:4a:10:07';

const device = (address: string, more: Partial<Device> = {}): Device => ({
  address,
  bannerAt: undefined,
  answered: true,
  judgement: judge(more),
  ...more,
});

describe('what a watch tells', () => {
  it('is a Pi that appears, once, and again when more is known of it', () => {
    const ledger = createLedger(false);
    expect(ledger.take([device('10.0.0.5', { mac: PI })], true)).toMatchObject([
      { kind: 'sighting', sighting: { address: '10.0.0.5', mac: PI, isPi: true } },
    ]);
    expect(ledger.take([device('10.0.0.5', { mac: PI })], true)).toEqual([]);
    expect(ledger.take([device('10.0.0.5', { mac: PI, name: 'kitchen' })], true)).toMatchObject([
      { sighting: { name: 'kitchen' } },
    ]);
    expect(ledger.take([device('10.0.0.5', { mac: PI })], true)).toEqual([]);
    expect(ledger.here()).toMatchObject([{ name: 'kitchen' }]);
  });

  it('is another address of the same Pi, and not its second one', () => {
    const ledger = createLedger(false);
    ledger.take([device('10.0.0.5', { mac: PI })], true);
    const both = [device('10.0.0.6', { mac: PI }), device('10.0.0.5', { mac: PI })];
    expect(ledger.take(both, true)).toEqual([]);
    expect(ledger.take([device('10.0.0.6', { mac: PI })], true)).toMatchObject([
      { sighting: { address: '10.0.0.6' } },
    ]);
  });

  it('is a Pi that missed three searches, once, and its return', () => {
    const ledger = createLedger(false);
    const pi = device('10.0.0.5', { mac: PI, name: 'kitchen' });
    ledger.take([pi], true);
    expect(ledger.take([], false)).toEqual([]); // not everybody was asked
    expect([1, 2].flatMap(() => ledger.take([], true))).toEqual([]);
    expect(ledger.take([], true)).toMatchObject([
      { kind: 'log', text: 'kitchen (10.0.0.5) does not answer any more.' },
    ]);
    expect([1, 2, 3, 4].flatMap(() => ledger.take([], true))).toEqual([]);
    expect(ledger.here()).toEqual([]);
    expect(ledger.take([pi], true)).toMatchObject([{ kind: 'sighting' }]);
  });

  it('is no other device, unless all are wanted', () => {
    const nas = device('10.0.0.7', { mac: NAS });
    expect(createLedger(false).take([nas], true)).toEqual([]);
    expect(createLedger(true).take([nas], true)).toMatchObject([{ sighting: { isPi: false } }]);
  });

  it('is that what was taken for a Pi is none', () => {
    const ledger = createLedger(false);
    ledger.take([device('10.0.0.5', { name: 'raspberrypi' })], true);
    const later = device('10.0.0.5', { name: 'raspberrypi', mac: NAS });
    expect(ledger.take([later], true)).toMatchObject([{ sighting: { isPi: false, mac: NAS } }]);
    expect(ledger.take([later], true)).toEqual([]);
  });

  it('is nothing that was only remembered', () => {
    const ledger = createLedger(false);
    expect(ledger.take([device('10.0.0.5', { mac: PI, answered: false })], true)).toEqual([]);
    expect(ledger.isHere('10.0.0.5')).toBe(false);
  });
});
