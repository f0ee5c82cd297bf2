/** Journals are kept for 90 days, and 200 of them at the most; live runs always. */
import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { readRun } from './reader.ts';

const MOST = 200;
const LONGEST = 90 * 24 * 3600 * 1000;

/** Removes what is beyond the limits. `now` in milliseconds since the epoch. Never throws. */
export async function removeOldRuns(folder: string, now: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const journals = names.filter((name) => name.endsWith('.jsonl')).sort();
  const oldest = new Date(now - LONGEST).toISOString().replace(/[-:]/g, '');
  const surplus = journals.filter(
    (name, index) => index < journals.length - MOST || name.slice(0, 15) < oldest.slice(0, 15),
  );
  for (const name of surplus) {
    const path = join(folder, name);
    const run = await readRun(path).catch(() => undefined);
    if (run?.state !== 'live') await unlink(path).catch(() => undefined);
  }
}
