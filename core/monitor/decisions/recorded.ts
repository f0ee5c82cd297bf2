/** The engine's part of the monitor's journal, read back. */
import { readJournal } from '../watch/journal.ts';
import { HEARTBEAT } from './engine.ts';
import { parseRecord, type MonitorRecord, type RecordOf } from './record.ts';
import type { Look, Tick } from './tick.ts';

const DAY = 86_400_000;

/**
 * The engine's records of the days from `from` to `to` (milliseconds since the epoch), in the order
 * of the engine's time: where the wall clock jumped, that of the files is another.
 */
export async function readRecords(
  folder: string,
  range: { readonly from?: number; readonly to?: number } = {},
): Promise<MonitorRecord[]> {
  const records: MonitorRecord[] = [];
  for await (const line of readJournal(folder, range)) {
    const found = parseRecord(line);
    if (found !== undefined) records.push(found);
  }
  return records.sort((a, b) => a.time - b.time);
}

/** What `restore` needs: from the last snapshot on. Goes back only as far as it must. */
export async function readSinceSnapshot(folder: string, now: number): Promise<MonitorRecord[]> {
  for (let days = 2; ; days *= 8) {
    const from = Math.max(0, now - days * DAY);
    const records = await readRecords(folder, { from });
    const last = records.findLastIndex(({ kind }) => kind === 'decision.snapshot');
    if (last !== -1) return records.slice(last);
    if (from === 0) return records;
  }
}

/** An interval as it was recorded; `news`: something was written of it. */
export type RecordedTick = { readonly tick: Tick; readonly news: boolean };

/**
 * The intervals that records tell of: between two of them everything stayed as it was, unless they
 * are too far apart: then nobody watched. `interval`: milliseconds.
 */
export function* recordedTicks(
  records: readonly MonitorRecord[],
  interval: number,
): Generator<RecordedTick> {
  const seen = records.filter((each) => each.kind === 'decision.seen');
  const hosts = new Map<string, Look>();
  for (const [index, entry] of seen.entries()) {
    carry(hosts, entry);
    const until = seen[index + 1]?.time ?? entry.time;
    const isWatched = until - entry.time <= HEARTBEAT + 3 * interval;
    const last = isWatched ? until : entry.time;
    for (let time = entry.time; time < last || time === entry.time; time += interval) {
      yield { tick: tickOf(entry, hosts, time), news: time === entry.time };
    }
  }
}

function carry(hosts: Map<string, Look>, entry: RecordOf<'decision.seen'>): void {
  if (entry.full) hosts.clear();
  for (const each of entry.hosts) hosts.set(each.host, each);
  for (const host of entry.gone) hosts.delete(host);
}

function tickOf(
  { at, time: recorded, self, imageReady }: RecordOf<'decision.seen'>,
  hosts: ReadonlyMap<string, Look>,
  time: number,
): Tick {
  return {
    at: Date.parse(at) + time - recorded,
    monotonic: time,
    self,
    imageReady,
    hosts: [...hosts.values()],
  };
}
