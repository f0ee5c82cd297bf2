/**
 * What was measured, kept in SQLite: every look of the last day, minutes of the last week, hours
 * of the last two years. An interval is one transaction; a crash loses at most the one under way.
 */
import { statSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { RpiError } from '../../errors.ts';
import type { Observation } from '../watch/observation.ts';
import { pointsOf, type Point, type Row } from './buckets.ts';
import { HOURS, LEVELS, LOOKS, MINUTES, readSignal, rollUp, type Level } from './levels.ts';
import { historyError, isDamage, openHistoryFile, type Opened } from './open.ts';
import { KEPT, KEPT_SIGNALS, storedValues, type KeptSignal } from './signals.ts';

/** Times are seconds since the epoch, in [from, to). */
export type ChartRequest = {
  readonly host: string;
  readonly signal: KeptSignal;
  readonly from: number;
  readonly to: number;
  /** How many points at most. */
  readonly points: number;
};

export type SetAside = { readonly path: string; readonly why: string };

export type History = Disposable & {
  /** The broken file that was there when it was opened, if one was. */
  readonly setAside: SetAside | undefined;
  /**
   * Keeps the looks of one interval, rolls up what has become complete, and forgets what is too
   * old. A file that turns out to be broken is set aside, a new one begun, and its place returned;
   * for one that was deleted meanwhile a new one is begun.
   * Throws `monitor.history`; then nothing of the interval is kept.
   */
  readonly record: (at: number, looks: readonly Observation[]) => SetAside | undefined;
  /** The finest points that are kept for all of the range. Throws `monitor.history`. */
  readonly chart: (request: ChartRequest) => Point[];
};

/**
 * Opens the history at `path`, or tries to at each `record` where it can't be had; `now` and `at` are
 * milliseconds since the epoch.
 */
export function openHistory(path: string, now: number): History {
  // Who can't keep what is seen can watch all the same: the next interval tries again, and tells.
  const opened = attemptToOpen(path, now);
  let file: Prepared | undefined =
    opened === undefined ? undefined : prepared(opened.database, path);
  const guarded = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw historyError(path, error);
    }
  };
  return {
    setAside: opened?.setAside,
    record: (at, looks) =>
      guarded(() => {
        const old = file;
        try {
          if (old !== undefined && isStillThere(path, old.inode)) {
            write(old, at, looks);
            return undefined;
          }
        } catch (error) {
          if (!isDamage(error)) throw error;
        }
        // Where no new one can be had now, as on a full disk, the next interval tries again.
        file = undefined;
        old?.database.close();
        const again = openHistoryFile(path, at);
        file = prepared(again.database, path);
        write(file, at, looks);
        return again.setAside;
      }),
    chart: (request) =>
      guarded(() => {
        if (file === undefined) throw new Error('there is none, and none can be made');
        return chart(file, request);
      }),
    [Symbol.dispose]: () => file?.database.close(),
  };
}

function attemptToOpen(path: string, now: number): Opened | undefined {
  try {
    return openHistoryFile(path, now);
  } catch (error) {
    if (RpiError.is(error)) return undefined;
    throw error;
  }
}

type Prepared = {
  /** Of the file, which may be deleted while it is open: what is written to it then is lost. */
  readonly inode: number | undefined;
  readonly database: DatabaseSync;
  readonly insert: StatementSync;
  readonly addHost: StatementSync;
  readonly hostId: StatementSync;
  readonly rollMinute: StatementSync;
  readonly rollHour: StatementSync;
  readonly setState: StatementSync;
  readonly getState: StatementSync;
  readonly forget: readonly { readonly level: Level; readonly statement: StatementSync }[];
};

function prepared(database: DatabaseSync, path: string): Prepared {
  const marks = KEPT_SIGNALS.map(() => '?').join(', ');
  return {
    inode: inodeOf(path),
    database,
    insert: database.prepare(
      `INSERT OR REPLACE INTO looks (host, at, ${KEPT_SIGNALS.join(', ')}) VALUES (?, ?, ${marks})`,
    ),
    addHost: database.prepare('INSERT OR IGNORE INTO hosts (name) VALUES (?)'),
    hostId: database.prepare('SELECT id FROM hosts WHERE name = ?'),
    rollMinute: database.prepare(rollUp(LOOKS, MINUTES)),
    rollHour: database.prepare(rollUp(MINUTES, HOURS)),
    setState: database.prepare('INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)'),
    getState: database.prepare('SELECT value FROM state WHERE key = ?'),
    forget: LEVELS.map((level) => ({
      level,
      statement: database.prepare(
        level === LOOKS
          ? 'DELETE FROM looks WHERE at < ?'
          : `DELETE FROM ${level.table} WHERE host IN (SELECT id FROM hosts) AND at < ?`,
      ),
    })),
  };
}

function write(file: Prepared, at: number, looks: readonly Observation[]): void {
  const second = Math.floor(at / 1000);
  file.database.exec('BEGIN IMMEDIATE');
  try {
    for (const look of looks) {
      const id = hostOf(file, look.host) ?? addHost(file, look.host);
      if (id !== undefined) file.insert.run(id, second, ...storedValues(look));
    }
    rollUpWhatIsOver(file, second);
    file.database.exec('COMMIT');
  } catch (error) {
    rollBack(file.database);
    throw error;
  }
}

/** Where SQLite has rolled back by itself, as on a full disk, it says that there is nothing to. */
function rollBack(database: DatabaseSync): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // What went wrong before is what is told.
  }
}

/**
 * The minute and the hour that were last written to are kept with the looks themselves, so that
 * they are rolled up after a crash too, and when the clock has jumped, in either direction.
 */
function rollUpWhatIsOver(file: Prepared, second: number): void {
  const minute = floorTo(second, MINUTES.step);
  const openMinute = stateOf(file, 'minute') ?? minute;
  if (minute !== openMinute) file.rollMinute.run(openMinute, openMinute + MINUTES.step);
  file.setState.run('minute', minute);
  const hour = floorTo(second, HOURS.step);
  const openHour = stateOf(file, 'hour') ?? hour;
  if (hour !== openHour) {
    file.rollHour.run(openHour, openHour + HOURS.step);
    for (const { level, statement } of file.forget) statement.run(second - level.kept);
  }
  file.setState.run('hour', hour);
}

function chart(file: Prepared, { host, signal, from, to, points }: ChartRequest): Point[] {
  const id = hostOf(file, host);
  if (id === undefined || to <= from || points < 1) return [];
  const [minute, hour] = [stateOf(file, 'minute') ?? to, stateOf(file, 'hour') ?? to];
  const width = (to - from) / points;
  // What is not rolled up yet is read from the finer levels.
  const level = levelFor(width, from, Math.min(hour, minute));
  const parts: [Level, number, number][] =
    level === LOOKS
      ? [[LOOKS, from, to]]
      : level === MINUTES
        ? [
            [MINUTES, from, minute],
            [LOOKS, Math.max(from, minute), to],
          ]
        : [
            [HOURS, from, hour],
            [MINUTES, Math.max(from, hour), minute],
            [LOOKS, Math.max(from, hour, minute), to],
          ];
  const { scale } = KEPT[signal];
  const rows = parts.flatMap(([part, begin, end]) =>
    file.database
      .prepare(readSignal(signal, part))
      .all(id, begin, Math.min(end, to))
      .map((row): Row => {
        const value = (name: string): number => Number(row[name]) / scale;
        return {
          at: Number(row['at']),
          mean: value('mean'),
          low: value('low'),
          high: value('high'),
          step: part.step === 0 ? 10 : part.step,
        };
      }),
  );
  return pointsOf(rows, { from, to, points });
}

/** The coarsest level that still fills every point, unless the range is older than it is kept. */
function levelFor(width: number, from: number, now: number): Level {
  const fine = LEVELS.filter(({ step }) => step <= width).at(-1) ?? LOOKS;
  const index = LEVELS.indexOf(fine);
  return LEVELS.slice(index).find(({ kept }) => from >= now - kept) ?? HOURS;
}

function isStillThere(path: string, inode: number | undefined): boolean {
  return process.platform === 'win32' || inodeOf(path) === inode; // Windows lets nobody delete it
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function hostOf(file: Prepared, name: string): number | undefined {
  const id = file.hostId.get(name)?.['id'];
  return typeof id === 'number' ? id : undefined;
}

function addHost(file: Prepared, name: string): number | undefined {
  file.addHost.run(name);
  return hostOf(file, name);
}

function stateOf(file: Prepared, key: string): number | undefined {
  const value = file.getState.get(key)?.['value'];
  return typeof value === 'number' ? value : undefined;
}

function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step;
}
