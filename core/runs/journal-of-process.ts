/** The journal of a run that has only just begun, found by its process. */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEvent } from './event.ts';

/** How many of the newest journals are looked at. */
const NEWEST = 20;

/**
 * The journal in the folder `runs` that the process `pid` has begun, at `since` (milliseconds since
 * the epoch) or later: a pid alone may have been another process. Undefined while there is none.
 */
export async function journalOfProcess(
  runs: string,
  pid: number,
  since = 0,
): Promise<string | undefined> {
  const names = (await readdir(runs).catch(() => [])).filter((name) => name.endsWith('.jsonl'));
  for (const name of names.sort().reverse().slice(0, NEWEST)) {
    const path = join(runs, name);
    const first = parseEvent(await firstLine(path));
    if (first?.kind !== 'run.started' || first.pid !== pid) continue;
    if (Date.parse(first.at) >= since) return path;
  }
  return undefined;
}

async function firstLine(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return '';
  try {
    for await (const line of file.readLines()) return line;
    return '';
  } finally {
    await file.close().catch(() => undefined); // readLines may have closed it
  }
}
