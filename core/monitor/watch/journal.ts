/**
 * The monitor's journal: `<data>/monitor/2026-06-01.jsonl`, a file a UTC day, one record a line.
 * It outlives the disposable state of the project: it says why a Pi was wiped, or was not.
 */
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  fstatSync,
  writeSync,
} from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { systemCode } from '../../errors.ts';
import { writeError } from '../../files/atomic.ts';
import { makeFolderSync } from '../../files/make-folder.ts';

export const JOURNAL_VERSION = 1;

const record = z.looseObject({ v: z.number(), at: z.string(), kind: z.string() });
/** `at` is ISO 8601, UTC; what else is in it depends on `kind`. */
export type JournalRecord = z.infer<typeof record>;

export function monitorFolder(data: string): string {
  return join(data, 'monitor');
}

/**
 * Appends records, each to the file of its day; with `durable` they are on the disk when this
 * returns. Throws `file.not-writable` and `file.disk-full`; of that day then none was appended.
 */
export function appendRecords(
  folder: string,
  records: readonly JournalRecord[],
  { durable = false }: { readonly durable?: boolean } = {},
): void {
  const ofDays = new Map<string, JournalRecord[]>();
  for (const each of records) {
    const day = each.at.slice(0, 10);
    ofDays.set(day, [...(ofDays.get(day) ?? []), each]);
  }
  for (const [day, ofDay] of ofDays) {
    const path = join(folder, `${day}.jsonl`);
    try {
      makeFolderSync(folder, 0o700);
      append(path, ofDay.map((each) => `${JSON.stringify(each)}\n`).join(''), durable);
    } catch (error) {
      throw writeError(path, error);
    }
  }
}

function append(path: string, lines: string, durable: boolean): void {
  const descriptor = openSync(path, 'a+', 0o600);
  try {
    // A crash may have left a line without its end: what follows must not become a part of it.
    const bytes = Buffer.from(endsTorn(descriptor) ? `\n${lines}` : lines);
    const { size } = fstatSync(descriptor);
    try {
      for (let offset = 0; offset < bytes.length;) offset += writeSync(descriptor, bytes, offset);
      if (durable) fsyncSync(descriptor);
    } catch (error) {
      // Whoever could not write them will write them again.
      ftruncateSync(descriptor, size);
      throw error;
    }
  } finally {
    closeSync(descriptor);
  }
}

function endsTorn(descriptor: number): boolean {
  const { size } = fstatSync(descriptor);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, size - 1);
  return last[0] !== 0x0a;
}

/**
 * Every record of [from, to), in the order it was written; milliseconds since the epoch, all days
 * without them. Lines that are no records are left out.
 */
export async function* readJournal(
  folder: string,
  {
    from = 0,
    to = Number.POSITIVE_INFINITY,
  }: { readonly from?: number; readonly to?: number } = {},
): AsyncGenerator<JournalRecord> {
  for (const name of await days(folder)) {
    const begin = Date.parse(name.slice(0, 10));
    if (begin >= to || begin + 86_400_000 <= from) continue;
    for (const line of (await readFile(join(folder, name), 'utf8')).split('\n')) {
      const found = parse(line);
      const at = found === undefined ? Number.NaN : Date.parse(found.at);
      if (found !== undefined && at >= from && at < to) yield found;
    }
  }
}

async function days(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => /^\d{4}-\d\d-\d\d\.jsonl$/.test(name)).sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function parse(line: string): JournalRecord | undefined {
  try {
    return record.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
