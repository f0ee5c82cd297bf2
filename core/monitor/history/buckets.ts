/** Rows of several resolutions as the points of one chart. */

/** Seconds since the epoch; values in the signal's own unit. */
export type Point = {
  readonly at: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
};

/** A row as it is stored: `step` is how many seconds it stands for. */
export type Row = Point & { readonly step: number };

/**
 * At most `points` points over [from, to): the mean of a point weighs each row by the time it
 * stands for. A stretch without rows has no point, so that a gap is seen as one.
 */
export function pointsOf(
  rows: Iterable<Row>,
  range: { readonly from: number; readonly to: number; readonly points: number },
): Point[] {
  const width = Math.max(1, (range.to - range.from) / range.points);
  const sums = new Map<
    number,
    { sum: number; weight: number; low: number; high: number; at: number }
  >();
  for (const row of rows) {
    if (row.at < range.from || row.at >= range.to) continue;
    const index = Math.floor((row.at - range.from) / width);
    const weight = Math.max(1, row.step);
    const sum = sums.get(index) ?? { sum: 0, weight: 0, low: row.low, high: row.high, at: row.at };
    sum.sum += row.mean * weight;
    sum.weight += weight;
    sum.low = Math.min(sum.low, row.low);
    sum.high = Math.max(sum.high, row.high);
    sums.set(index, sum);
  }
  return [...sums.values()]
    .map(({ sum, weight, low, high, at }) => ({ at, mean: sum / weight, low, high }))
    .sort((a, b) => a.at - b.at);
}
