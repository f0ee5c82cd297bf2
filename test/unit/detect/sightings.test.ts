import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  loadSightings,
  mergeSightings,
  recordSightings,
  saveSightings,
  type SeenNow,
} from '../../../core/detect/sightings.ts';
import { projectState, type StatePaths } from '../../../core/project/paths.ts';
import { systemClock } from '../../../core/runs/clock.ts';

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.parse('2026-05-01T10:00:00.000Z');
const pi = (address: string, more: Partial<SeenNow> = {}): SeenNow => ({
  address,
  mac: 'b8:27:eb:4a:10:01',
  isPi: true,
  evidence: [],
  ...more,
});

describe('merging', () => {
  it('follows a device by its MAC to another address and keeps when it was first seen', () => {
    const before = mergeSightings([], [pi('10.0.0.5')], NOW);
    const after = mergeSightings(before, [pi('10.0.0.9')], NOW + DAY);
    expect(after).toMatchObject([
      {
        address: '10.0.0.9',
        firstSeen: '2026-05-01T10:00:00.000Z',
        lastSeen: '2026-05-02T10:00:00.000Z',
      },
    ]);
  });

  it('keeps a name and a banner that were not learnt this time, with the banner’s own time', () => {
    const bannerAt = '2026-05-01T09:59:00.000Z';
    const before = mergeSightings(
      [],
      [pi('10.0.0.5', { name: 'kitchen', banner: 'SSH-2.0-x', bannerAt })],
      NOW,
    );
    expect(mergeSightings(before, [pi('10.0.0.5')], NOW + DAY)).toMatchObject([
      { name: 'kitchen', banner: 'SSH-2.0-x', bannerAt },
    ]);
  });

  it('still knows a Pi on another vendor’s adapter by its banner of last time', () => {
    const mac = '00:11:32:4a:10:07';
    const first = pi('10.0.0.5', { mac, banner: 'SSH-2.0-OpenSSH_9.2p1 Raspbian-2+deb12u3' });
    const silent = pi('10.0.0.5', { mac, isPi: false });
    const merged = mergeSightings(mergeSightings([], [first], NOW), [silent], NOW + DAY);
    expect(merged).toMatchObject([{ isPi: true }]);
    expect(merged[0]?.evidence.map((piece) => piece.weight)).toEqual(['against', 'for']);
  });

  it('takes the time of a banner that was read anew', () => {
    const first = pi('10.0.0.5', { banner: 'SSH-2.0-x', bannerAt: '2026-05-01T09:00:00.000Z' });
    const again = pi('10.0.0.5', { banner: 'SSH-2.0-x', bannerAt: '2026-05-02T09:00:00.000Z' });
    const merged = mergeSightings(mergeSightings([], [first], NOW), [again], NOW + DAY);
    expect(merged[0]?.bannerAt).toBe('2026-05-02T09:00:00.000Z');
  });

  it('replaces what was known of an address alone once a MAC is seen there', () => {
    const before = mergeSightings([], [pi('10.0.0.5', { mac: undefined })], NOW);
    expect(mergeSightings(before, [pi('10.0.0.5')], NOW)).toHaveLength(1);
  });

  it('keeps what was not seen this time, behind what was, for 90 days', () => {
    const before = mergeSightings([], [pi('10.0.0.5')], NOW);
    const other = pi('10.0.0.6', { mac: 'dc:a6:32:4a:10:02' });
    const after = mergeSightings(before, [other], NOW + 89 * DAY);
    expect(after.map((device) => device.address)).toEqual(['10.0.0.6', '10.0.0.5']);
    expect(mergeSightings(after, [other], NOW + 91 * DAY)).toHaveLength(1);
  });
});

describe('the document', () => {
  let folder: string;
  let state: StatePaths;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rpi-sightings-'));
    state = projectState(folder);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is read back as it was written', async () => {
    const devices = mergeSightings([], [pi('10.0.0.5', { name: 'kitchen' })], NOW);
    await saveSightings(state, devices);
    expect(await loadSightings(state)).toEqual(devices);
  });

  it('is empty where there is none, and where it is damaged or of another version', async () => {
    expect(await loadSightings(state)).toEqual([]);
    await saveSightings(state, []);
    for (const text of ['{"version":1,"dev', '{"version":2,"devices":[]}', '']) {
      await writeFile(state.sightings, text);
      expect(await loadSightings(state)).toEqual([]);
    }
  });

  it('loses nothing when scans end at the same time', async () => {
    const macs = Array.from({ length: 6 }, (_, i) => `b8:27:eb:00:00:0${i}`);
    await Promise.all(
      macs.map((mac, i) => recordSightings(state, [pi(`10.0.0.${i + 2}`, { mac })], systemClock)),
    );
    const kept = (await loadSightings(state)).map((device) => device.mac);
    expect([...kept].sort()).toEqual(macs);
  });

  it('is for its owner only', async () => {
    await saveSightings(state, []);
    expect((await stat(state.sightings)).mode & 0o777).toBe(0o600);
  });
});
