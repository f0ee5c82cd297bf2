import { describe, expect, it } from 'vitest';
import { isDetectedPi } from '../../../core/access/pi-evidence.ts';
import type { SeenDevice } from '../../../core/detect/sightings.ts';
import type { InventoryHost } from '../../../core/inventory/host.ts';

const PI = 'b8:27:eb:00:00:01';
const NAS = '00:11:32:00:00:01';
const MADE_UP = '02:00:00:00:00:01';

const host = (macs: readonly string[] = []): InventoryHost => ({
  name: 'one',
  address: '10.0.0.1',
  port: 22,
  user: undefined,
  become: false,
  groups: [],
  serial: undefined,
  macs,
  model: undefined,
  variables: {},
});
const sighting = (isPi: boolean, more: Partial<SeenDevice> = {}): SeenDevice => ({
  address: '10.0.0.1',
  isPi,
  evidence: [],
  firstSeen: '2025-01-01T00:00:00.000Z',
  lastSeen: '2025-01-01T00:00:00.000Z',
  ...more,
});
const judged = (
  macs: readonly string[],
  sightings: readonly SeenDevice[] = [],
  now?: string,
): boolean =>
  isDetectedPi(host(macs), {
    sightings,
    neighbours: new Map(now === undefined ? [] : [['10.0.0.1', now]]),
  });

describe('a host is a detected Pi', () => {
  it('by the prefix of a MAC in the inventory', () => {
    expect(judged([PI])).toBe(true);
    expect(judged([NAS])).toBe(false);
    expect(judged([])).toBe(false);
  });

  it('by what detection saw at its address last', () => {
    expect(judged([], [sighting(true)])).toBe(true);
    const newer = { lastSeen: '2025-02-01T00:00:00.000Z' };
    expect(judged([], [sighting(true), sighting(false, newer)])).toBe(false);
    expect(judged([], [sighting(false), sighting(true, newer)])).toBe(true);
    expect(judged([], [sighting(true, { address: '10.0.0.2' })])).toBe(false);
  });

  it('not when another machine was seen at its address', () => {
    expect(judged([PI], [sighting(false, { mac: NAS })])).toBe(false);
  });

  it('not when another machine has its address now, whatever was seen before', () => {
    expect(judged([PI], [sighting(true, { mac: PI })], NAS)).toBe(false);
    expect(judged([], [], PI)).toBe(true);
  });

  it('by a made-up MAC only where that was adopted or seen as a Pi’s', () => {
    expect(judged([], [], MADE_UP)).toBe(false);
    expect(judged([PI, MADE_UP], [], MADE_UP)).toBe(true);
    expect(judged([], [sighting(true, { mac: MADE_UP })], MADE_UP)).toBe(true);
    expect(judged([MADE_UP], [sighting(false, { mac: MADE_UP })], MADE_UP)).toBe(false);
  });
});
