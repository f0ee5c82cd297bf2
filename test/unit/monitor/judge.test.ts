import { describe, expect, it } from 'vitest';
import { powerOf, warningsOf } from '../../../core/monitor/judge.ts';

const LIMITS = { temperature: 75, disk: 90, memory: 92, timeout: 10 };
const HEALTHY = {
  temperature: 50,
  memoryTotal: 1000,
  memoryAvailable: 800,
  diskTotal: 1000,
  diskAvailable: 500,
  rootReadOnly: false,
  throttled: 0,
};

describe('power', () => {
  it.each([
    [{}, 'unknown', []],
    [{ throttled: 0, underVoltage: false }, 'ok', []],
    [{ underVoltage: true }, 'now', ['under-voltage']],
    [{ throttled: 0x50005, underVoltage: true }, 'now', ['under-voltage', 'throttled']],
    [{ throttled: 0x50000 }, 'earlier', ['under-voltage', 'throttled']],
    [{ throttled: 0xa0000, underVoltage: false }, 'earlier', ['capped', 'too hot']],
    [{ underVoltage: false }, 'ok', []],
  ])('of %o is told apart from what could not be read', (vitals, state, what) => {
    expect(powerOf(vitals)).toEqual({ state, what });
  });
});

describe('a Pi', () => {
  it('is healthy below all limits, and when nothing could be read', () => {
    expect(warningsOf(HEALTHY, LIMITS)).toEqual([]);
    expect(warningsOf({}, LIMITS)).toEqual([]);
  });

  it.each([
    [{ temperature: 75 }, 'hot: 75 °C'],
    [{ diskAvailable: 99 }, 'disk 90 % full'],
    [{ memoryAvailable: 80 }, 'memory 92 % used'],
    [{ rootReadOnly: true }, 'root is read-only'],
    [{ underVoltage: true }, 'under-voltage'],
    [{ throttled: 0x1 }, 'under-voltage'],
    [{ throttled: 0x4 }, 'throttled'],
    [{ throttled: 0x8 }, 'frequency capped'],
    [{ throttled: 0x10000 }, 'under-voltage since the last boot'],
  ])('with %o has the warning “%s”', (change, warning) => {
    expect(warningsOf({ ...HEALTHY, ...change }, LIMITS)).toEqual([warning]);
  });

  it('has every warning at once, the gravest first', () => {
    const vitals = { ...HEALTHY, rootReadOnly: true, throttled: 0x50005, temperature: 90 };
    expect(warningsOf(vitals, LIMITS)).toEqual([
      'root is read-only',
      'under-voltage',
      'throttled',
      'hot: 90 °C',
      'under-voltage since the last boot',
    ]);
  });
});
