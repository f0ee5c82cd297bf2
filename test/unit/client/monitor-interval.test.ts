import { expect, test } from 'vitest';
import { intervalOf } from '../../../client/monitor/interval.ts';

test('a wrong setting makes no rounds without a pause, and none that never come', () => {
  expect([0, -5, 1, 30, 1e9, NaN, Infinity, '5', undefined].map(intervalOf)).toEqual([
    2, 2, 2, 30, 3600, 10, 10, 10, 10,
  ]);
});
