import { expect, test } from 'vitest';
import { readingsOf } from '../../../core/monitor/readings.ts';

test('what could not be read has no value and an en dash', () => {
  for (const reading of Object.values(readingsOf({}))) {
    expect(reading).toEqual({ value: undefined, text: '–' });
  }
});

test.each([
  [40, '40 s'],
  [720, '12 min'],
  [18_600, '5 h 10 min'],
  [273_600, '3 days 4 h'],
])('an uptime of %d seconds reads %s', (uptime, text) => {
  expect(readingsOf({ uptime }).uptime).toEqual({ value: uptime, text });
});

test('a trouble of now weighs more than one of earlier, and that more than none', () => {
  const power = (throttled: number): number | undefined => readingsOf({ throttled }).power.value;
  expect([power(0x1), power(0x10000), power(0)]).toEqual([3, 2, 1]);
});

test('memory and disk are what is used, in per cent', () => {
  const { memory, disk } = readingsOf({
    memoryTotal: 1000,
    memoryAvailable: 250,
    diskTotal: 200,
    diskAvailable: 100,
  });
  expect([memory.text, disk.text]).toEqual(['75 %', '50 %']);
});
