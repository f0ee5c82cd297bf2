/** What detection has seen, now and before: one JSON document in the disposable state. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { RpiError, systemCode } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { acquireLock, type Lock } from '../files/lock.ts';
import { makeFolder } from '../files/make-folder.ts';
import type { StatePaths } from '../project/paths.ts';
import { sighting, type Sighting } from '../runs/event.ts';
import type { Clock } from '../runs/operation.ts';
import { judge } from './evidence.ts';

/** Times are ISO 8601, UTC. `bannerAt`: when the banner was read from the device itself. */
export type SeenDevice = Sighting & {
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly bannerAt?: string | undefined;
};

/** A device of the scan that has just ended. */
export type SeenNow = Sighting & Pick<SeenDevice, 'bannerAt'>;

const VERSION = 1;
const documentSchema = z.object({
  version: z.literal(VERSION),
  devices: z.array(
    sighting.extend({
      firstSeen: z.string(),
      lastSeen: z.string(),
      bannerAt: z.string().optional(),
    }),
  ),
});

const KEPT_DAYS = 90;
const DAY = 24 * 60 * 60 * 1000;

/**
 * Every device seen in the last 90 days, last seen first. A missing, damaged or newer document is
 * none: the next scan writes it anew.
 */
export async function loadSightings(state: StatePaths): Promise<SeenDevice[]> {
  const text = await readFile(state.sightings, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  });
  try {
    return documentSchema.parse(JSON.parse(text)).devices;
  } catch {
    return [];
  }
}

/** Replaces the document. Throws `file.disk-full` or `file.not-writable`; the old one then stays. */
export async function saveSightings(
  state: StatePaths,
  devices: readonly SeenDevice[],
): Promise<void> {
  await makeFolder(state.state, 0o700);
  const text = JSON.stringify({ version: VERSION, devices }, undefined, 1);
  await writeFileAtomic(state.sightings, `${text}\n`, { mode: 0o600 });
}

/** Adds what a scan has just seen to the document; waits its turn when two scans end at once. */
export async function recordSightings(
  state: StatePaths,
  seen: readonly SeenNow[],
  clock: Clock,
): Promise<void> {
  const lock = await takeLock(state, clock);
  try {
    await saveSightings(state, mergeSightings(await loadSightings(state), seen, clock.now()));
  } finally {
    await lock[Symbol.asyncDispose]();
  }
}

/** Never cancelled: it takes milliseconds and keeps what has been seen. */
async function takeLock(state: StatePaths, clock: Clock): Promise<Lock> {
  const never = new AbortController().signal;
  for (let attempt = 0; ; attempt++) {
    try {
      return await acquireLock(state.locks, 'sightings', 'saving what was detected');
    } catch (error) {
      if (!RpiError.is(error, 'lock.held') || attempt >= 40) throw error;
      await clock.sleep(50, never);
    }
  }
}

/**
 * Old and new, one record a device: by MAC, else by address. A record without a MAC gives way to
 * one with a MAC at the same address. A name or banner that was not seen this time is kept, and
 * counts when the device is judged.
 */
export function mergeSightings(
  known: readonly SeenDevice[],
  seen: readonly SeenNow[],
  now: number,
): SeenDevice[] {
  const at = new Date(now).toISOString();
  const byKey = new Map(known.map((device) => [keyOf(device), device]));
  const withMac = new Set(seen.flatMap((s) => (s.mac === undefined ? [] : [s.address])));
  for (const address of withMac) byKey.delete(address);
  for (const device of seen) {
    const old = byKey.get(keyOf(device));
    const merged = {
      ...(old?.name === undefined ? {} : { name: old.name }),
      ...(old?.banner === undefined ? {} : { banner: old.banner, bannerAt: old.bannerAt }),
      ...device,
    };
    const { isPi, evidence } = judge(merged);
    byKey.set(keyOf(device), {
      ...merged,
      isPi,
      evidence: [...evidence],
      firstSeen: old?.firstSeen ?? at,
      lastSeen: at,
    });
  }
  return [...byKey.values()]
    .filter((device) => now - Date.parse(device.lastSeen) < KEPT_DAYS * DAY)
    .sort((a, b) => b.lastSeen.localeCompare(a.lastSeen));
}

function keyOf(device: Sighting): string {
  return device.mac ?? device.address;
}
