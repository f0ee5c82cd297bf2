/**
 * Journals are kept for 90 days, and 200 of them at the most; live runs always. Of commands that
 * repeat by themselves only the newest few are kept, and they push no other run out.
 */
import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { readRun } from './reader.ts';

const MOST = 200;
const LONGEST = 90 * 24 * 3600 * 1000;

/** How many runs are kept of what timers, editors and people repeat; by the word in the run's id. */
const REPEATING: Readonly<Record<string, number>> = { monitor: 20, 'detect-watch': 20 };

/** Removes what is beyond the limits. `now` in milliseconds since the epoch. Never throws. */
export async function removeOldRuns(folder: string, now: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of surplusJournals(names, now)) {
    const path = join(folder, name);
    const run = await readRun(path).catch(() => undefined);
    if (run?.state !== 'live') await unlink(path).catch(() => undefined);
  }
}

/** The journals of a folder that are beyond the limits. Names are told by their form alone. */
export function surplusJournals(names: readonly string[], now: number): string[] {
  const journals = names.filter((name) => name.endsWith('.jsonl')).sort();
  const oldest = new Date(now - LONGEST).toISOString().replace(/[-:]/g, '').slice(0, 15);
  const others = journals.filter((name) => !isRepeating(name));
  const kept = new Set([
    ...others.slice(-MOST),
    ...Object.entries(REPEATING).flatMap(([word, most]) =>
      journals.filter((name) => wordOf(name) === word).slice(-most),
    ),
  ]);
  return journals.filter((name) => !kept.has(name) || name.slice(0, 15) < oldest);
}

function isRepeating(name: string): boolean {
  return Object.hasOwn(REPEATING, wordOf(name));
}

/** `detect-watch` of `20261122T141530123Z-detect-watch-1f2e3d.jsonl`; see newRunId. */
function wordOf(name: string): string {
  return /^\d{8}T\d{9}Z-(.+)-[0-9a-f]{6}\.jsonl$/.exec(name)?.[1] ?? '';
}
