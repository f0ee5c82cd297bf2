import type { Family } from './exposition.ts';

/** Seconds; `monitor.timeout` is 10 where nobody says otherwise. */
const BOUNDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60] as const;

export type LookDurations = {
  /** Seconds that a look at every Pi took. */
  readonly observe: (seconds: number) => void;
  readonly family: () => Family;
};

/** A histogram of how long the looks took, since the monitor began. */
export function createLookDurations(): LookDurations {
  const counts = new Map<number, number>(BOUNDS.map((bound) => [bound, 0]));
  let [sum, count] = [0, 0];
  return {
    observe: (seconds) => {
      sum += seconds;
      count++;
      for (const bound of BOUNDS) {
        if (seconds <= bound) counts.set(bound, (counts.get(bound) ?? 0) + 1);
      }
    },
    family: () => ({
      name: 'rpi_monitor_look_duration_seconds',
      type: 'histogram',
      help: 'How long a look at every Pi took.',
      samples: [
        ...Array.from(counts, ([bound, value]) => ({
          suffix: '_bucket',
          labels: { le: String(bound) },
          value,
        })),
        { suffix: '_bucket', labels: { le: '+Inf' }, value: count },
        { suffix: '_sum', value: sum },
        { suffix: '_count', value: count },
      ],
    }),
  };
}
