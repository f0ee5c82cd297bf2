import type { Observation } from '../../core/monitor/watch/observation.ts';

/** A healthy Pi at `at`, milliseconds since the epoch. */
export function lookOf(host: string, at: number, temperature = 50): Observation {
  return {
    host,
    address: '10.0.0.1',
    groups: [],
    at,
    state: 'healthy',
    reasons: [],
    monotonic: at,
    signals: { neighbour: 'yes', tcp22: 'yes', ssh: 'yes', vitals: 'yes', checks: 'unknown' },
    vitals: {
      temperature,
      load: 0.3 + ((at / 10_000) % 7) / 10,
      memoryTotal: 4e9,
      memoryAvailable: 3e9 + (at % 1e6) * 100,
      diskTotal: 3e10,
      diskAvailable: 2e10 - (at % 1e5),
      throttled: 0,
    },
    signs: {
      clockOffset: (at % 77_777) / 1e6,
      failedUnits: [],
      cardErrors: 0,
      swapTotal: 100e6,
      swapFree: 99e6,
      inodesTotal: 1e6,
      inodesFree: 9e5,
    },
    checks: [],
  };
}
