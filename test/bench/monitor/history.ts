/**
 * A year of history of 50 Pis: how large its file is, and how long the charts of a month take. It
 * is written by the monitor's own code. What is older than what is kept of finer levels is written
 * by fewer looks: of an hour one row is kept, however many looks it had.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHistory, type History } from '../../../core/monitor/history/history.ts';
import type { KeptSignal } from '../../../core/monitor/history/signals.ts';
import type { Observation } from '../../../core/monitor/watch/observation.ts';
import { lookOf } from '../../integration/looks.ts';
import { alone, median, type BenchRow } from '../row.ts';

const PIS = 50;
const [MINUTE, DAY] = [60_000, 86_400_000];
/** What a Pi's own page shows, in as many points. */
const CHARTS: readonly KeptSignal[] = ['temperature', 'load', 'memory', 'disk'];
const POINTS = 240;

/** Days before the end, and how often there is a look from then on; the last is the monitor's own. */
const PARTS: readonly { readonly days: number; readonly every: number }[] = [
  { days: 365, every: 20 * MINUTE },
  { days: 9, every: MINUTE / 2 },
  { days: 1.1, every: 10_000 },
];

export async function benchmark(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rpi-bench-history-'));
  const path = join(folder, 'monitor.db');
  const end = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  try {
    const interval = writeYear(path, end);
    const opened = performance.now();
    using history = openHistory(path, end);
    const opening = performance.now() - opened;
    const charts = Array.from({ length: PIS }, (_, pi) => timed(() => month(history, pi, end)));
    return [
      alone({
        name: `a year of ${PIS} Pis, the file`,
        value: await size(path),
        unit: 'MB',
        limit: 200,
      }),
      alone({
        name: 'a month of one Pi, its four charts, the slowest Pi',
        value: Math.max(...charts),
        unit: 'ms',
        limit: 100,
      }),
      alone({ name: 'the same, median', value: median(charts), unit: 'ms' }),
      alone({ name: 'opening the file, with its check', value: opening, unit: 'ms' }),
      alone({ name: `keeping an interval of ${PIS} Pis, median`, value: interval, unit: 'ms' }),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Milliseconds that an interval of the last day took, fsync and all. */
function writeYear(path: string, end: number): number {
  using history = openHistory(path, end);
  const random = noise(1);
  const fleet = Array.from({ length: PIS }, (_, n) => ({ name: nameOf(n), heat: 45 + (n % 20) }));
  const took: number[] = [];
  PARTS.forEach(({ days, every }, index) => {
    const until = end - (PARTS[index + 1]?.days ?? 0) * DAY;
    for (let at = end - days * DAY; at < until; at += every) {
      const looks = fleet.map((pi) => {
        pi.heat += (random() - 0.5) * 2 + (55 - pi.heat) * 0.01;
        return lookAt(pi.name, at, pi.heat, random);
      });
      const time = timed(() => history.record(at, looks));
      if (index === PARTS.length - 1) took.push(time);
    }
  });
  return median(took);
}

/** Everything moves, as it does on a Pi: what never changes would be stored in fewer bytes. */
function lookAt(name: string, at: number, heat: number, random: () => number): Observation {
  const look = lookOf(name, at, heat);
  const { vitals = {}, signs = {} } = look;
  return {
    ...look,
    vitals: {
      ...vitals,
      load: random() ** 3 * 4,
      memoryAvailable: (0.2 + random() * 0.5) * 4e9,
      diskAvailable: (0.4 + random() * 0.01) * 3e10,
      throttled: random() < 0.01 ? 0x50005 : 0,
    },
    signs: { ...signs, clockOffset: Math.round(random() * 2), swapFree: 90e6 + random() * 1e7 },
  };
}

function month(history: History, pi: number, end: number): void {
  for (const signal of CHARTS) {
    const range = { from: (end - 30 * DAY) / 1000, to: end / 1000, points: POINTS };
    const found = history.chart({ host: nameOf(pi), signal, ...range });
    if (found.length < POINTS * 0.9) throw new Error(`${found.length} points of ${signal}`);
  }
}

const nameOf = (n: number): string => `pi-${String(n).padStart(2, '0')}`;

/** With what is not in the file itself yet. */
async function size(path: string): Promise<number> {
  const log = await stat(`${path}-wal`).catch(() => ({ size: 0 }));
  return ((await stat(path)).size + log.size) / 1e6;
}

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Numbers in [0, 1), the same in every run: mulberry32. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
