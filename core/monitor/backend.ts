/** What a back-end of the monitor is; the table of them is backends.ts. */
import type { Point } from './history/buckets.ts';
import type { ChartQuestion } from './prometheus/chart.ts';
import type { Sight } from './watch/sight.ts';

/** Failure detection, guard rails, remedies and who is told are the same with each. */
export type Backend = AsyncDisposable & {
  readonly sight: Sight;
  /** Somebody else keeps the measurements, and draws their charts; else our own history does. */
  readonly chart?: (question: ChartQuestion) => Promise<Point[]>;
};
