/** The resolutions that the history is kept in, the finest first, and the SQL of each. */
import { KEPT, KEPT_SIGNALS, type KeptSignal } from './signals.ts';

export type Level = {
  readonly table: string;
  /** Seconds that a row stands for; 0 for the looks as they were. */
  readonly step: number;
  /** Seconds that rows are kept. */
  readonly kept: number;
};

const DAY = 86_400;

export const LOOKS: Level = { table: 'looks', step: 0, kept: DAY };
export const MINUTES: Level = { table: 'minutes', step: 60, kept: 8 * DAY };
export const HOURS: Level = { table: 'hours', step: 3600, kept: 2 * 365 * DAY };
export const LEVELS: readonly Level[] = [LOOKS, MINUTES, HOURS];

/** `low` and `high` are null where they are the mean, which costs nothing to store. */
export function columnsOf(signal: KeptSignal, level: Level): string[] {
  const extremes = level.step > 0 && KEPT[signal].extremes;
  return extremes ? [signal, `${signal}_low`, `${signal}_high`] : [signal];
}

/**
 * Looks are appended in the order of time, so that an interval writes one page; what is rolled up
 * stands together by host, so that a chart reads few.
 */
export function createTable(level: Level): string {
  const key = level === LOOKS ? '(at, host)' : '(host, at)';
  const columns = KEPT_SIGNALS.flatMap((signal) => columnsOf(signal, level));
  return `CREATE TABLE IF NOT EXISTS ${level.table} (host INTEGER NOT NULL, at INTEGER NOT NULL,
    ${columns.map((name) => `${name} INTEGER`).join(', ')}, PRIMARY KEY ${key}) WITHOUT ROWID`;
}

/** Rolls up what `from` holds of [?1, ?2) into the one row of `to` at ?1, for every host. */
export function rollUp(from: Level, to: Level): string {
  const columns = KEPT_SIGNALS.flatMap((signal) => columnsOf(signal, to));
  const values = KEPT_SIGNALS.flatMap((signal) => {
    const mean = `CAST(round(avg(${signal})) AS INTEGER)`;
    if (!KEPT[signal].extremes) return [mean];
    const [, low = signal, high = signal] = columnsOf(signal, from);
    return [
      mean,
      `nullif(min(coalesce(${low}, ${signal})), ${mean})`,
      `nullif(max(coalesce(${high}, ${signal})), ${mean})`,
    ];
  });
  return `INSERT OR REPLACE INTO ${to.table} (host, at, ${columns.join(', ')})
    SELECT host, ?1, ${values.join(', ')} FROM ${from.table}
    WHERE ${from === LOOKS ? '' : 'host IN (SELECT id FROM hosts) AND '}at >= ?1 AND at < ?2
    GROUP BY host`;
}

/** Rows of host ?1 in [?2, ?3) that know the signal: at, mean, low, high. */
export function readSignal(signal: KeptSignal, level: Level): string {
  const [mean, low = signal, high = signal] = columnsOf(signal, level);
  return `SELECT at, ${mean} AS mean, coalesce(${low}, ${mean}) AS low, coalesce(${high}, ${mean}) AS high
    FROM ${level.table} WHERE host = ?1 AND at >= ?2 AND at < ?3 AND ${mean} IS NOT NULL ORDER BY at`;
}
