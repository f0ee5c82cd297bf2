/** One line of docs/performance.md: ours beside a peer, measured in the same run. */
export type BenchRow = {
  readonly name: string;
  readonly ours: number;
  /** Undefined where there is nothing to compare with. */
  readonly peer: number | undefined;
  /** Who the peer is, with its options. */
  readonly peerName: string;
  readonly unit: 's' | 'ms' | 'MB' | '%' | 'runs';
  /** ours / peer. */
  readonly ratio: number | undefined;
  /** What was promised, in words; undefined for a figure that only informs. */
  readonly target: string | undefined;
  readonly met: boolean | undefined;
};

/** A row that promises at most `factor` of the peer. */
export function atMost(
  factor: number,
  row: Pick<BenchRow, 'name' | 'ours' | 'peerName' | 'unit'> & { readonly peer: number },
): BenchRow {
  const ratio = row.ours / row.peer;
  return { ...row, ratio, target: `at most ${factor} of it`, met: ratio <= factor };
}

/** A row with a limit of its own, and nobody beside. */
export function atMostOf(most: number, row: Pick<BenchRow, 'name' | 'ours' | 'unit'>): BenchRow {
  return {
    ...row,
    peer: undefined,
    peerName: 'nobody',
    ratio: undefined,
    target: `at most ${most} ${row.unit}`,
    met: row.ours <= most,
  };
}

/** A row without a peer; with a limit, it promises to stay below. */
export function alone(figure: {
  readonly name: string;
  readonly value: number;
  readonly unit: BenchRow['unit'];
  readonly limit?: number;
}): BenchRow {
  const { name, value, unit, limit } = figure;
  return {
    name,
    ours: value,
    peer: undefined,
    peerName: 'nobody',
    unit,
    ratio: undefined,
    target: limit === undefined ? undefined : `below ${limit} ${unit}`,
    met: limit === undefined ? undefined : value < limit,
  };
}

/** A row that only informs. */
export function beside(
  row: Pick<BenchRow, 'name' | 'ours' | 'peerName' | 'unit'> & { readonly peer: number },
): BenchRow {
  return { ...row, ratio: row.ours / row.peer, target: undefined, met: undefined };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

export function renderRow(row: BenchRow): string {
  const number = (value: number | undefined): string =>
    value === undefined ? '–' : `${value.toFixed(value < 10 ? 3 : 0)} ${row.unit}`;
  const ratio = row.ratio === undefined ? '' : ` = ${row.ratio.toFixed(3)}`;
  const verdict = row.met === undefined ? '' : row.met ? ' ✓' : ' ✗ MISSED';
  const target = row.target === undefined ? '' : ` (${row.target})`;
  return `${row.name}: ${number(row.ours)}, ${row.peerName}: ${number(row.peer)}${ratio}${target}${verdict}`;
}
