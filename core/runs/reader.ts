/** Reading journals: the only way to observe a run, whoever started it. Takes no locks. */
import { open, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { RpiError, systemCode } from '../errors.ts';
import { isAlive } from '../files/process-identity.ts';
import { parseEvent, type Event } from './event.ts';
import { journalPath } from './journal.ts';
import type { Clock } from './operation.ts';

/** `interrupted`: the process is gone and never wrote an end. */
export type RunState = 'live' | 'interrupted' | 'finished';

export type RunRecord = {
  readonly id: string;
  readonly path: string;
  readonly state: RunState;
  readonly started: Extract<Event, { kind: 'run.started' }>;
  readonly finished: Extract<Event, { kind: 'run.finished' }> | undefined;
  readonly events: readonly Event[];
};

/** How often a live run's journal is looked at; milliseconds. */
const POLL = 500;

/** Reads a whole journal. Throws `run.not-found` where it is not one. */
export async function readRun(path: string): Promise<RunRecord> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') throw notFound(path);
    throw error;
  });
  const events = text.split('\n').flatMap((line) => parseEvent(line) ?? []);
  const started = events[0];
  if (started?.kind !== 'run.started') throw notFound(path);
  const finished = events.findLast((event) => event.kind === 'run.finished');
  return { id: started.run, path, state: stateOf(started, finished), started, finished, events };
}

/** The runs of a folder, newest first. Files that are no journals are left out. */
export async function listRuns(folder: string): Promise<RunRecord[]> {
  const names = await readdir(folder).catch(() => []);
  const runs = await Promise.all(
    names
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => readRun(join(folder, name)).catch(() => undefined)),
  );
  return runs
    .filter((run): run is RunRecord => run !== undefined)
    .sort((a, b) => (a.id < b.id ? 1 : -1));
}

/**
 * The run with this id or the only one that begins or ends with it; `last` is the newest, `live`
 * the newest of those that live, or of all where none does.
 */
export async function findRun(folder: string, id: string): Promise<RunRecord> {
  if (id === 'last' || id === 'live') {
    const runs = await listRuns(folder);
    const live = id === 'live' ? runs.find(({ state }) => state === 'live') : undefined;
    const newest = live ?? runs[0];
    if (newest === undefined) throw notFound(folder);
    return newest;
  }
  const exact = await readRun(journalPath(folder, id)).catch(() => undefined);
  if (exact !== undefined) return exact;
  const like = (await listRuns(folder)).filter(
    (run) => run.id.startsWith(id) || run.id.endsWith(id),
  );
  const [only, second] = like;
  if (only === undefined || second !== undefined) throw notFound(id);
  return only;
}

/**
 * Yields a journal's events from the beginning and, while the run lives, as they are written.
 * Ends with the run's end, or when it turns out to be interrupted, or when the signal aborts.
 */
export async function* followRun(
  path: string,
  options: { readonly signal: AbortSignal; readonly clock: Clock },
): AsyncGenerator<Event> {
  const first = await readRun(path);
  const file = await open(path, 'r');
  try {
    const decoder = new StringDecoder('utf8');
    const buffer = Buffer.alloc(64 * 1024);
    let rest = '';
    for (;;) {
      // Asked before reading: what a dying run wrote last is still read after it is found dead.
      const alive = isAlive(first.started);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length);
        if (bytesRead === 0) break;
        const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const event = parseEvent(line);
          if (event === undefined) continue;
          yield event;
          if (event.kind === 'run.finished') return;
        }
      }
      if (!alive || options.signal.aborted) return;
      await options.clock.sleep(POLL, options.signal).catch(() => undefined);
    }
  } finally {
    await file.close();
  }
}

function stateOf(
  started: Extract<Event, { kind: 'run.started' }>,
  finished: Event | undefined,
): RunState {
  if (finished !== undefined) return 'finished';
  return isAlive(started) ? 'live' : 'interrupted';
}

function notFound(what: string): RpiError {
  return new RpiError('run.not-found', `There is no such run: ${what}.`, {
    remedy: 'rpi runs list shows the runs of this project.',
  });
}
