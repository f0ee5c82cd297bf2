/** The last temperatures of each Pi, as this page was told them: plain data, no document. */
import type { MonitorRow } from '../messages.ts';

export type Trend = { readonly measuredAt: string; readonly values: readonly number[] };

/** How many are kept: ten minutes at the usual interval. */
export const KEPT = 60;

/** With the row's temperature, where it is a new one. */
export function trendWith(
  trend: Trend | undefined,
  { measuredAt, readings }: MonitorRow,
): Trend | undefined {
  const { value } = readings.temperature;
  if (value === undefined || measuredAt === undefined) return trend;
  if (trend?.measuredAt === measuredAt) return trend;
  return { measuredAt, values: [...(trend?.values ?? []), value].slice(-KEPT) };
}

/** The points of a line in a box of KEPT - 1 by 20; the newest at the right, 5 degrees at least. */
export function lineOf({ values }: Trend): string {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const span = Math.max(5, high - low);
  const bottom = (low + high - span) / 2;
  const start = KEPT - values.length;
  return values
    .map((value, index) => {
      const y = 20 - ((value - bottom) / span) * 20;
      return `${start + index},${y.toFixed(1)}`;
    })
    .join(' ');
}
