/**
 * The runs of a folder, kept up to date by reading only what was added to their journals. A
 * finished journal is read once. What programs printed is never kept, and not even parsed.
 */
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { RpiError, systemCode } from '../errors.ts';
import { isAlive } from '../files/process-identity.ts';
import {
  emptyRunNews,
  joinNews,
  newsOfRun,
  type HostNews,
  type RunNews,
} from '../fleet/host-news.ts';
import { parseEvent, type Event } from './event.ts';
import type { RunState } from './reader.ts';
import type { RunSummary } from './run-summary.ts';
import { emptySummary, foldEvents, summaryOf, type SummaryState } from './summarise.ts';

export type RunIndex = {
  readonly folder: string;
  /**
   * Looks for what is new; resolves to true when anything changed. Throws `file.not-readable` for
   * a folder that can't be listed; one that is not there has no runs.
   */
  readonly refresh: () => Promise<boolean>;
  /** Newest first, as of the last refresh; the same array until something changes. */
  readonly runs: () => readonly RunSummary[];
  /** What the runs told of each host, the newest of each kind. */
  readonly hostNews: () => ReadonlyMap<string, HostNews>;
};

type Entry = {
  readonly path: string;
  /** Of the file that was read; another one by the same name is read anew. */
  readonly inode: number;
  /** Bytes that were read: up to the end of the last whole line. */
  readonly offset: number;
  readonly size: number;
  readonly state: SummaryState;
  readonly news: RunNews;
  readonly runState: RunState;
  /** Undefined for what is no journal, or has no first line yet. */
  readonly summary: RunSummary | undefined;
};

/** Journals that are read at once. */
const AT_ONCE = 16;
const CHUNK = 256 * 1024;
/** Bytes of one line. Ours are shorter; what is longer is no event. */
const LONGEST = 4 * 1024 * 1024;

export function openRunIndex(folder: string): RunIndex {
  const entries = new Map<string, Entry>();
  let runs: readonly RunSummary[] = [];
  let news: ReadonlyMap<string, HostNews> | undefined;
  let underWay: Promise<boolean> | undefined;

  const look = async (): Promise<boolean> => {
    const names = await journalsOf(folder);
    const there = new Set(names);
    let changed = false;
    for (const name of [...entries.keys()]) {
      if (there.has(name)) continue;
      changed = entries.get(name)?.summary !== undefined || changed;
      entries.delete(name);
    }
    const open = names.filter((name) => !isOver(entries.get(name)));
    for (let at = 0; at < open.length; at += AT_ONCE) {
      const some = open.slice(at, at + AT_ONCE);
      const read = await Promise.all(
        some.map((name) => refreshEntry(join(folder, name), entries.get(name))),
      );
      for (const [index, name] of some.entries()) {
        const before = entries.get(name);
        const after = read[index];
        if (after === before) continue;
        if (after === undefined) entries.delete(name);
        else entries.set(name, after);
        changed = after?.summary !== before?.summary || changed;
      }
    }
    if (!changed) return false;
    runs = [...entries.values()]
      .flatMap(({ summary }) => summary ?? [])
      .sort((a, b) => (a.id < b.id ? 1 : -1));
    news = undefined;
    return true;
  };

  return {
    folder,
    refresh: () => {
      underWay ??= look().finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
    runs: () => runs,
    hostNews: () => {
      news ??= joinNews([...entries.values()].map((entry) => entry.news.hosts));
      return news;
    },
  };
}

async function journalsOf(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === undefined) return [];
    throw new RpiError('file.not-readable', `Can't list the runs in ${folder} (${code}).`, {
      remedy: 'Check that you may read it.',
      cause: error,
      places: [{ path: folder, message: `this folder can’t be read (${code})` }],
    });
  }
}

/** Its process has ended, or it has written its end: nothing is added to it. */
function isOver(entry: Entry | undefined): boolean {
  return entry?.summary !== undefined && entry.runState !== 'live';
}

/** Undefined for a file that is not there any more, or that can't be read. */
async function refreshEntry(path: string, before: Entry | undefined): Promise<Entry | undefined> {
  // Asked before reading: what a dying run wrote last is still read when it is found dead.
  const started = before?.state.started;
  const wasAlive = started === undefined || isAlive(started);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  const isSame = before !== undefined && before.inode === found.ino && before.size <= found.size;
  if (isSame && before.size === found.size && wasAlive) return before;
  const from = isSame ? before : emptyEntry(path, found.ino);
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    return await readOn(file, from, found.size, wasAlive);
  } finally {
    await file.close();
  }
}

function emptyEntry(path: string, inode: number): Entry {
  return {
    path,
    inode,
    offset: 0,
    size: 0,
    state: emptySummary(path),
    news: emptyRunNews,
    runState: 'live',
    summary: undefined,
  };
}

async function readOn(
  file: FileHandle,
  from: Entry,
  size: number,
  wasAlive: boolean,
): Promise<Entry> {
  let { state, news, offset } = from;
  for await (const { events, end } of readEvents(file, offset)) {
    state = foldEvents(state, events);
    news = newsOfRun(events, news);
    offset = end;
  }
  // Of a journal read for the first time it is not known before whose it is.
  const alive =
    from.state.started === undefined && state.started !== undefined
      ? isAlive(state.started)
      : wasAlive;
  const runState = state.finished !== undefined ? 'finished' : alive ? 'live' : 'interrupted';
  const isSame = offset === from.offset && runState === from.runState;
  const summary = isSame ? from.summary : summaryOf(state, runState);
  return { ...from, offset, size: Math.max(size, offset), state, news, runState, summary };
}

/** The events of whole lines from `offset` on; `end` is behind the last of them. */
async function* readEvents(
  file: FileHandle,
  offset: number,
): AsyncGenerator<{ readonly events: readonly Event[]; readonly end: number }> {
  let buffer = Buffer.alloc(CHUNK);
  let at = offset;
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    const last = buffer.lastIndexOf(0x0a, bytesRead - 1);
    if (last >= 0) {
      const lines = buffer.toString('utf8', 0, last).split('\n');
      at += last + 1;
      yield { events: lines.flatMap((line) => eventOf(line) ?? []), end: at };
    } else if (bytesRead >= LONGEST) {
      // Passed over: what is left of the line is no event either.
      at += bytesRead;
      yield { events: [], end: at };
    } else if (bytesRead === buffer.length) {
      buffer = Buffer.alloc(buffer.length * 2);
    } else return;
  }
}

/** Most of a journal is what programs printed; of that, nothing is told here. */
function eventOf(line: string): Event | undefined {
  return /^\{[^{}[\]]{0,300}?"kind":"(?:output|log)"/.test(line) ? undefined : parseEvent(line);
}
