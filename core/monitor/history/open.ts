/** Opening the history's file: its schema, its integrity, and setting a broken one aside. */
import { existsSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RpiError } from '../../errors.ts';
import { writeError } from '../../files/atomic.ts';
import { makeFolderSync } from '../../files/make-folder.ts';
import { columnsOf, createTable, LEVELS } from './levels.ts';
import { KEPT_SIGNALS } from './signals.ts';

/** Of the tables' layout; columns for further signals are no new version. */
const VERSION = 1;

/** SQLite's result codes: https://www.sqlite.org/rescode.html */
const FULL = 13;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

export type Opened = {
  readonly database: DatabaseSync;
  /** Where the file that was there is now, and what was wrong with it. */
  readonly setAside: { readonly path: string; readonly why: string } | undefined;
};

/**
 * Opens the file at `path`, or makes it. One that is damaged, or of a newer version, is renamed to
 * `<path>.broken-<date>` and a new one begun: the watch goes on. Throws `monitor.history`.
 */
export function openHistoryFile(path: string, now: number): Opened {
  try {
    makeFolderSync(dirname(path), 0o700);
  } catch (error) {
    throw writeError(path, error);
  }
  try {
    return { database: openChecked(path), setAside: undefined };
  } catch (error) {
    if (!(error instanceof Damaged) && !isDamage(error)) throw historyError(path, error);
    const why = error instanceof Error ? error.message : String(error);
    const aside = setAside(path, now);
    try {
      return { database: openChecked(path), setAside: { path: aside, why } };
    } catch (again) {
      throw historyError(path, again);
    }
  }
}

/** True where the file itself is broken, so that only another one helps. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === CORRUPT || code === NOT_A_DATABASE;
}

/** What SQLite threw, as an error for people. */
export function historyError(path: string, error: unknown): RpiError {
  if (RpiError.is(error)) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new RpiError('monitor.history', `The history ${path} can’t be used: ${said}.`, {
    remedy:
      sqliteCode(error) === FULL
        ? 'Make room on the disk; the watch goes on and keeps what comes then.'
        : 'Look at the file and its folder: rpi must be able to write there. rpi monitor makes a new one where there is none.',
    cause: error,
  });
}

class Damaged extends Error {}

function openChecked(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    // Before the first look into the file: another reader may hold it for a moment.
    database.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;');
    // Each interval is on the disk when it is told: one fsync in ten seconds.
    database.exec('PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 4194304;');
    check(database);
    prepareTables(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function check(database: DatabaseSync): void {
  const said = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
  if (said !== 'ok') throw new Damaged(String(said));
  const version = Object.values(database.prepare('PRAGMA user_version').get() ?? {})[0];
  if (typeof version === 'number' && version > VERSION) {
    throw new Damaged(`it is of a newer rpi (version ${version} of its layout)`);
  }
}

function prepareTables(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  database.exec('CREATE TABLE IF NOT EXISTS hosts (id INTEGER PRIMARY KEY, name TEXT UNIQUE)');
  database.exec('CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value INTEGER)');
  for (const level of LEVELS) {
    database.exec(createTable(level));
    const there = new Set(
      database
        .prepare(`PRAGMA table_info(${level.table})`)
        .all()
        .map((column) => column['name']),
    );
    for (const name of KEPT_SIGNALS.flatMap((signal) => columnsOf(signal, level))) {
      if (!there.has(name)) database.exec(`ALTER TABLE ${level.table} ADD COLUMN ${name} INTEGER`);
    }
  }
  database.exec(`PRAGMA user_version = ${VERSION}; COMMIT`);
}

/** With its log: SQLite would take a log that is left for the new file's. */
function setAside(path: string, now: number): string {
  const date = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  let aside = `${path}.broken-${date}`;
  for (let n = 2; existsSync(aside); n++) aside = `${path}.broken-${date}-${n}`;
  try {
    for (const end of ['', '-wal', '-shm']) {
      if (existsSync(path + end)) renameSync(path + end, aside + end);
    }
  } catch (error) {
    throw writeError(path, error);
  }
  return aside;
}

/** The primary result code; the bits above are details of it. */
function sqliteCode(error: unknown): number | undefined {
  return typeof error === 'object' &&
    error !== null &&
    'errcode' in error &&
    typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined;
}
