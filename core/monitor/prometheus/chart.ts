/** A chart of a Pi from Prometheus' storage. */
import type { Point } from '../history/buckets.ts';
import { isKept } from '../history/signals.ts';
import type { PrometheusApi } from './api.ts';
import { chartOf } from './measures.ts';

export type ChartQuestion = {
  readonly host: string;
  readonly signal: string;
  /** Seconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly points: number;
};

/** How often a point's stretch of time is sampled, for its mean, lowest and highest. */
const SAMPLES = 60;

/**
 * At most `points` points over [from, to); a stretch without measurements has none. Empty for what
 * Prometheus does not have. Throws as PrometheusApi.
 */
export async function prometheusChart(
  { host, signal: name, from, to, points }: ChartQuestion,
  api: PrometheusApi,
  project: string,
  signal: AbortSignal,
): Promise<Point[]> {
  const expression = isKept(name) ? chartOf(name, project, host) : undefined;
  if (expression === undefined || to <= from || points < 1) return [];
  // PromQL counts in whole milliseconds.
  const width = Math.max(1000, Math.round(((to - from) / points) * 1000));
  const resolution = Math.max(1000, Math.floor(width / SAMPLES));
  // A value at t stands for the stretch that ends there.
  const range = { start: from + width / 1000, end: to, step: width / 1000 };
  const over = (what: string): Promise<ReadonlyMap<number, number>> =>
    api
      .queryRange(`${what}_over_time((${expression})[${width}ms:${resolution}ms])`, range, signal)
      .then((found) => new Map(found.map(({ at, value }) => [at, value])));
  const [means, lows, highs] = await Promise.all([over('avg'), over('min'), over('max')]);
  return [...means].flatMap(([at, mean]) => {
    if (!Number.isFinite(mean)) return [];
    return [
      { at: at - width / 1000, mean, low: lows.get(at) ?? mean, high: highs.get(at) ?? mean },
    ];
  });
}
