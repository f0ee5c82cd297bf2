import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pointsOf, type Row } from '../../../core/monitor/history/buckets.ts';

const row = (at: number, mean: number, step = 10): Row => ({
  at,
  mean,
  low: mean,
  high: mean,
  step,
});

describe('the points of a chart', () => {
  it('weighs a row by the time that it stands for', () => {
    const points = pointsOf([row(0, 10, 3600), row(3600, 40, 1800)], {
      from: 0,
      to: 7200,
      points: 1,
    });
    expect(points).toEqual([{ at: 0, mean: 20, low: 10, high: 40 }]);
  });

  it('leaves a gap where nothing was measured', () => {
    const points = pointsOf([row(0, 1), row(90, 2)], { from: 0, to: 100, points: 10 });
    expect(points.map(({ at }) => at)).toEqual([0, 90]);
  });

  it('has no more points than asked for, in order, with each mean between its extremes', () => {
    const rows = fc.array(
      fc.record({ at: fc.nat(5000), mean: fc.integer({ min: -50, max: 150 }), step: fc.nat(60) }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 50 }), (list, points) => {
        const range = { from: 1000, to: 4000, points };
        const found = pointsOf(
          list.map(({ at, mean, step }) => row(at, mean, step)),
          range,
        );
        expect(found.length).toBeLessThanOrEqual(points);
        for (const [n, point] of found.entries()) {
          expect(point.at).toBeGreaterThan(found[n - 1]?.at ?? 999);
          expect(point.mean).toBeGreaterThanOrEqual(point.low - 1e-9);
          expect(point.mean).toBeLessThanOrEqual(point.high + 1e-9);
        }
      }),
      { numRuns: 50 },
    );
  });
});
