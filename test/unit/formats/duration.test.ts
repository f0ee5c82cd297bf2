import { expect, test } from 'vitest';
import { duration, parseDuration, roughDuration } from '../../../core/formats/duration.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

test.each([
  [0, '0 s'],
  [400, '<1 s'],
  [12_000, '12 s'],
  [60_000, '1 min'],
  [185_000, '3 min 5 s'],
  [HOUR, '1 h'],
  [HOUR + 120 * SECOND, '1 h 2 min'],
  [47 * HOUR, '47 h'],
  [76 * HOUR, '3 days 4 h'],
  [-5, '0 s'],
])('%d ms are %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});

test.each([
  [45_900, '45 s'],
  [185_000, '3 min'],
  [47 * HOUR, '47 h'],
  [76 * HOUR, '3 days'],
])('%d ms are roughly %s', (milliseconds, text) => {
  expect(roughDuration(milliseconds)).toBe(text);
});

test('a time that a person types is read, and anything else is not', () => {
  expect(['90s', '30m', '30 min', '2h', '1d'].map(parseDuration)).toEqual([
    90_000, 1_800_000, 1_800_000, 7_200_000, 86_400_000,
  ]);
  for (const text of ['', '2', 'h', '-1h', '1.5h', '366d', '2h30m']) {
    expect(parseDuration(text)).toBeUndefined();
  }
});
