/** A chart's points as the columns that it draws, and in words: plain data, no document. */
import type { ChartPoint, ChartSignal } from '../messages.ts';

export type Column = (number | null)[];

/** Of the same length; null where nothing was measured. */
export type Series = {
  readonly at: number[];
  readonly low: Column;
  readonly high: Column;
  readonly mean: Column;
};

/** To chart a further signal, add a line; its name is the history's. `most`: of the scale. */
export const CHARTS: Readonly<
  Record<ChartSignal, { readonly title: string; readonly unit: string; readonly most?: number }>
> = {
  temperature: { title: 'Temperature', unit: ' °C' },
  load: { title: 'Load', unit: '' },
  memory: { title: 'Memory used', unit: ' %', most: 100 },
  disk: { title: 'Disk used', unit: ' %', most: 100 },
};

export const SIGNALS: readonly ChartSignal[] = ['temperature', 'load', 'memory', 'disk'];

/** `step`: seconds between two points; where more than twice that is missing, the line is broken. */
export function seriesOf(points: readonly ChartPoint[], step: number): Series {
  const series: Series = { at: [], low: [], high: [], mean: [] };
  let before: number | undefined;
  for (const { at, low, high, mean } of points) {
    if (before !== undefined && at - before > 2.5 * step) push(series, before + step);
    push(series, at, { low, high, mean });
    before = at;
  }
  return series;
}

function push(
  series: Series,
  at: number,
  values?: { readonly low: number; readonly high: number; readonly mean: number },
): void {
  series.at.push(at);
  series.low.push(values?.low ?? null);
  series.high.push(values?.high ?? null);
  series.mean.push(values?.mean ?? null);
}

/** What a chart shows, for who does not see it. */
export function wordsOf(signal: ChartSignal, points: readonly ChartPoint[]): string {
  const last = points.at(-1);
  if (last === undefined) return 'Nothing was measured in this time.';
  const low = points.reduce((least, point) => Math.min(least, point.low), last.low);
  const high = points.reduce((most, point) => Math.max(most, point.high), last.high);
  return [
    `last ${valueText(signal, last.mean)}`,
    `lowest ${valueText(signal, low)}`,
    `highest ${valueText(signal, high)}`,
  ].join(', ');
}

export function valueText(signal: ChartSignal, value: number): string {
  return `${value.toFixed(signal === 'load' ? 2 : 1)}${CHARTS[signal].unit}`;
}

/** At most `most` of them, evenly taken, the last among them. */
export function thinned<T>(points: readonly T[], most: number): T[] {
  const every = Math.max(1, Math.ceil(points.length / most));
  return points.filter((_, index) => (points.length - 1 - index) % every === 0);
}
