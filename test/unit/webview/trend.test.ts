import { expect, test } from 'vitest';
import type { MonitorRow } from '../../../webview/messages.ts';
import { KEPT, lineOf, trendWith, type Trend } from '../../../webview/monitor/trend.ts';

const none = { text: '–' };
const measured = (measuredAt: string, value: number | undefined): MonitorRow => ({
  name: 'attic',
  address: '10.0.0.1',
  groups: [],
  state: 'healthy',
  notes: [],
  readings: {
    temperature: { value, text: '' },
    load: none,
    memory: none,
    disk: none,
    power: none,
    uptime: none,
  },
  measuredAt,
});

test('what is told twice counts once, and what was not measured not at all', () => {
  const first = trendWith(undefined, measured('a', 50));
  expect(trendWith(first, measured('a', 50))).toBe(first);
  expect(trendWith(first, measured('b', undefined))).toBe(first);
  expect(trendWith(first, measured('b', 51))?.values).toEqual([50, 51]);
});

test('the oldest are forgotten, and the newest stands at the right', () => {
  let trend: Trend | undefined;
  for (let at = 0; at < 100; at += 1) trend = trendWith(trend, measured(String(at), at));
  expect(trend?.values.length).toBe(KEPT);
  expect(lineOf(trend ?? { measuredAt: '', values: [] })).toMatch(new RegExp(`${KEPT - 1},0\\.0$`));
});

test('a small change is no leap: the line of a steady temperature stays in the middle', () => {
  expect(lineOf({ measuredAt: '', values: [50, 50] })).toBe('58,10.0 59,10.0');
});
