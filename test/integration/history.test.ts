import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHistory, type History } from '../../core/monitor/history/history.ts';
import { lookOf } from './looks.ts';

/** An hour that begins a day. */
const BEGIN = Date.UTC(2026, 5, 1);
const HOUR = 3_600_000;
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rpi-history-'));
  path = join(folder, 'monitor.db');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function temperatures(history: History, from: number, to: number, points: number): number[] {
  const range = { from: from / 1000, to: to / 1000, points };
  return history
    .chart({ host: 'kitchen', signal: 'temperature', ...range })
    .map(({ mean }) => Math.round(mean * 10) / 10);
}

describe('the history', () => {
  it('gives back looks, and what is rolled up of them, without a seam', () => {
    using history = openHistory(path, BEGIN);
    // A minute each of 40, 41, … °C, for two hours and a half minute.
    for (let at = BEGIN; at < BEGIN + 2 * HOUR + 30_000; at += 10_000) {
      history.record(at, [lookOf('kitchen', at, 40 + (Math.floor((at - BEGIN) / 60_000) % 20))]);
    }
    expect(temperatures(history, BEGIN, BEGIN + 60_000, 6)).toEqual(Array(6).fill(40));
    expect(temperatures(history, BEGIN, BEGIN + 3 * 60_000, 3)).toEqual([40, 41, 42]);
    const hours = { from: BEGIN / 1000, to: (BEGIN + 3 * HOUR) / 1000, points: 3 };
    expect(history.chart({ host: 'kitchen', signal: 'temperature', ...hours })).toEqual([
      { at: BEGIN / 1000, mean: 49.5, low: 40, high: 59 },
      { at: BEGIN / 1000 + 3600, mean: 49.5, low: 40, high: 59 },
      { at: BEGIN / 1000 + 7200, mean: 40, low: 40, high: 40 },
    ]);
    expect(history.chart({ host: 'nobody', signal: 'load', ...hours })).toEqual([]);
  });

  it('tells for how long a Pi answered', () => {
    using history = openHistory(path, BEGIN);
    for (let n = 0; n < 13; n++) {
      const look = lookOf('kitchen', BEGIN + n * 10_000);
      const ssh = n < 3 ? 'no' : 'yes';
      history.record(look.at, [{ ...look, signals: { ...look.signals, ssh } }]);
    }
    const range = { from: BEGIN / 1000, to: BEGIN / 1000 + 60, points: 1 };
    expect(history.chart({ host: 'kitchen', signal: 'ssh', ...range })[0]?.mean).toBe(50);
    expect(history.chart({ host: 'kitchen', signal: 'checks', ...range })).toEqual([]);
  });

  it('goes on after the clock has jumped back, and rolls up what was open', () => {
    using history = openHistory(path, BEGIN);
    history.record(BEGIN + 5 * HOUR, [lookOf('kitchen', BEGIN + 5 * HOUR, 70)]);
    for (let at = BEGIN; at < BEGIN + HOUR; at += 60_000) {
      history.record(at, [lookOf('kitchen', at, 50)]);
    }
    history.record(BEGIN + HOUR, [lookOf('kitchen', BEGIN + HOUR, 55)]);
    expect(temperatures(history, BEGIN, BEGIN + HOUR, 1)).toEqual([50]);
  });

  it('forgets what is too old, so that its size is bounded', () => {
    using history = openHistory(path, BEGIN);
    for (let hour = 0; hour < 24 * 12; hour++) {
      for (const minute of [0, 59]) {
        const at = BEGIN + hour * HOUR + minute * 60_000;
        history.record(at, [lookOf('kitchen', at)]);
      }
    }
    using file = new DatabaseSync(path, { readOnly: true });
    const count = (table: string): unknown =>
      file.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'];
    expect(count('looks')).toBeLessThanOrEqual(2 * 26);
    expect(count('minutes')).toBeLessThanOrEqual(2 * 24 * 9);
    expect(count('hours')).toBe(24 * 12 - 1);
  });

  it('sets a file that is none aside, reports it, and begins a new one', async () => {
    await writeFile(path, 'this is no database, but long enough to be taken for one'.repeat(50));
    using history = openHistory(path, BEGIN);
    expect(history.setAside?.path).toBe(`${path}.broken-20260601T000000Z`);
    expect((await readdir(folder)).filter((name) => name.includes('broken'))).toHaveLength(1);
    history.record(BEGIN, [lookOf('kitchen', BEGIN)]);
    expect(temperatures(history, BEGIN, BEGIN + 10_000, 1)).toEqual([50]);
  });

  it('finds pages that were overwritten when it is opened', async () => {
    {
      using history = openHistory(path, BEGIN);
      for (let n = 0; n < 600; n++) {
        const at = BEGIN + n * 10_000;
        history.record(at, [lookOf('kitchen', at), lookOf('garden', at)]);
      }
    }
    const file = await open(path, 'r+');
    const { size } = await file.stat();
    await file.write(Buffer.alloc(size - 8192, 0x5a), 0, size - 8192, 8192);
    await file.close();
    using history = openHistory(path, BEGIN);
    expect(history.setAside?.why).not.toBe('');
    history.record(BEGIN, [lookOf('kitchen', BEGIN)]);
  });

  it('begins a new file where it was deleted meanwhile: the old one is nobody’s', async () => {
    using history = openHistory(path, BEGIN);
    history.record(BEGIN, [lookOf('kitchen', BEGIN, 40)]);
    for (const end of ['', '-wal', '-shm']) await rm(path + end, { force: true });
    const later = BEGIN + 10_000;
    expect(history.record(later, [lookOf('kitchen', later, 41)])).toBeUndefined();
    expect(temperatures(history, BEGIN, BEGIN + 60_000, 6)).toEqual([41]);
    expect((await stat(path)).size).toBeGreaterThan(0);
  });

  it('keeps nobody from watching where it can’t be opened, says why, and goes on once it can', async () => {
    await mkdir(path);
    using history = openHistory(path, BEGIN);
    const look = lookOf('kitchen', BEGIN, 40);
    expect(() => history.record(BEGIN, [look])).toThrow(/can’t be used/);
    expect(() => temperatures(history, BEGIN, BEGIN + 60_000, 6)).toThrow(/can’t be used/);
    await rm(path, { recursive: true });
    expect(history.record(BEGIN, [look])).toBeUndefined();
    expect(temperatures(history, BEGIN, BEGIN + 60_000, 6)).toEqual([40]);
  });

  it('goes on once it can when a broken file could not be replaced at first', async () => {
    using history = openHistory(path, BEGIN);
    const at = BEGIN + 2 * HOUR;
    const record = (): unknown => history.record(at, [lookOf('kitchen', at)]);
    record();
    {
      const options = { open: true, defensive: false };
      using other = new DatabaseSync(path, options);
      other.exec(`PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'x' WHERE name = 'looks';
        PRAGMA schema_version = 1000`);
    }
    // Nothing can be made where a file is in the place of the folder.
    const away = `${folder}-away`;
    await rename(folder, away);
    await writeFile(folder, '');
    const withoutFolder = expect.objectContaining({ code: 'file.not-writable' }) as Error;
    expect(record).toThrow(withoutFolder);
    expect(record).toThrow(withoutFolder);
    expect(() => temperatures(history, at, at + 10_000, 1)).toThrow(
      expect.objectContaining({ code: 'monitor.history' }) as Error,
    );
    await rm(folder);
    await rename(away, folder);
    expect(record()).toMatchObject({ path: expect.stringContaining('broken') as string });
    expect(temperatures(history, at, at + 10_000, 1)).toEqual([50]);
  });

  it('keeps what was told as kept when its process is killed', async () => {
    let begin = BEGIN;
    for (let round = 0; round < 4; round++) {
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, 'history-writer.ts'), path, String(begin)],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const ended = new Promise((resolve) => child.once('exit', resolve));
      let last = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        last = Number(line);
        if (last >= begin + (37 + round) * 10_000) child.kill('SIGKILL');
      }
      await ended;
      using history = openHistory(path, begin);
      expect(history.setAside).toBeUndefined();
      const expected = (last - begin) / 10_000 + 1;
      expect(temperatures(history, begin, last + 1000, 10_000)).toHaveLength(expected);
      begin = last + 20_000; // the next interval may have been kept and not told
    }
  });

  it('a year of 50 Pis takes less than 200 MB', async () => {
    // A tenth of the Pis: what a row takes does not depend on how many there are.
    const hosts = Array.from({ length: 5 }, (_, n) => `pi${n}`);
    using history = openHistory(path, BEGIN);
    for (let at = BEGIN; at < BEGIN + 3 * HOUR; at += 10_000) {
      history.record(
        at,
        hosts.map((host) => lookOf(host, at, 45 + ((at / 10_000) % 90) / 10)),
      );
    }
    using file = new DatabaseSync(path);
    const bytes = (table: string): number => {
      const sql = `SELECT sum(pgsize) AS used, (SELECT count(*) FROM ${table}) AS n FROM dbstat WHERE name = ?`;
      const row = file.prepare(sql).get(table);
      return Number(row?.['used']) / Number(row?.['n']);
    };
    const a = bytes('looks');
    const b = bytes('minutes');
    const size = 50 * (a * 8640 * 1.05 + b * 1440 * 8.05 + (b + 4) * 8766);
    expect(size / 1e6).toBeLessThan(200);
    expect((await stat(path)).size).toBeGreaterThan(0);
  });
});
