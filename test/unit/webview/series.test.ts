import { expect, test } from 'vitest';
import { seriesOf, thinned, wordsOf } from '../../../webview/monitor/series.ts';

const point = (
  at: number,
  mean: number,
): { at: number; mean: number; low: number; high: number } => ({
  at,
  mean,
  low: mean - 1,
  high: mean + 2,
});

test('where nothing was measured the line is broken', () => {
  const { at, mean } = seriesOf([point(0, 50), point(10, 51), point(100, 52)], 10);
  expect(at).toEqual([0, 10, 20, 100]);
  expect(mean).toEqual([50, 51, null, 52]);
});

test('points that come a little late are no gap', () => {
  const { mean } = seriesOf([point(0, 50), point(24, 51)], 10);
  expect(mean).toEqual([50, 51]);
});

test('a chart in words names the last, the lowest and the highest', () => {
  expect(wordsOf('temperature', [point(0, 50), point(10, 60), point(20, 55)])).toBe(
    'last 55.0 °C, lowest 49.0 °C, highest 62.0 °C',
  );
  expect(wordsOf('load', [])).toBe('Nothing was measured in this time.');
});

test('a thinned table keeps the last point', () => {
  const all = Array.from({ length: 241 }, (_, index) => index);
  const few = thinned(all, 60);
  expect(few.length).toBeLessThanOrEqual(60);
  expect(few.at(-1)).toBe(240);
});
