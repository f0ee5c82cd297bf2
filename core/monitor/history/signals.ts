/** What is kept of a look, as whole numbers: SQLite stores a small one in one or two bytes. */
import { diskUsed, memoryUsed, powerOf } from '../judge.ts';
import type { Observation } from '../watch/observation.ts';

type Kept = {
  /** What one stored unit is a part of: 10 keeps tenths. */
  readonly scale: number;
  readonly unit: string;
  /** Extremes are kept beside the mean where they mean more than it; else they are the mean. */
  readonly extremes: boolean;
  readonly of: (look: Observation) => number | undefined;
};

/**
 * To keep a further signal, add a line: files that are there get its columns when they are opened.
 * A name is a column's and never changes its meaning. Answers (yes or no) are per cent of the time.
 */
export const KEPT = {
  temperature: { scale: 10, unit: '°C', extremes: true, of: (look) => look.vitals?.temperature },
  load: { scale: 100, unit: '', extremes: true, of: (look) => look.vitals?.load },
  memory: { scale: 10, unit: '%', extremes: true, of: (look) => memoryUsed(look.vitals ?? {}) },
  swap: { scale: 10, unit: '%', extremes: false, of: swapUsed },
  disk: { scale: 10, unit: '%', extremes: false, of: (look) => diskUsed(look.vitals ?? {}) },
  inodes: { scale: 10, unit: '%', extremes: false, of: inodesUsed },
  slowed: { scale: 1, unit: '%', extremes: false, of: slowed },
  clock: { scale: 1000, unit: 's', extremes: true, of: (look) => look.signs?.clockOffset },
  card_errors: { scale: 1, unit: '', extremes: false, of: (look) => look.signs?.cardErrors },
  failed_units: {
    scale: 1,
    unit: '',
    extremes: false,
    of: (look) => look.signs?.failedUnits?.length,
  },
  neighbour: { scale: 1, unit: '%', extremes: false, of: answered('neighbour') },
  tcp22: { scale: 1, unit: '%', extremes: false, of: answered('tcp22') },
  ssh: { scale: 1, unit: '%', extremes: false, of: answered('ssh') },
  vitals: { scale: 1, unit: '%', extremes: false, of: answered('vitals') },
  checks: { scale: 1, unit: '%', extremes: false, of: answered('checks') },
} as const satisfies Record<string, Kept>;

export type KeptSignal = keyof typeof KEPT;

/** In the order of the columns. */
export const KEPT_SIGNALS: readonly KeptSignal[] = Object.keys(KEPT).filter(isKept);

export function isKept(name: string): name is KeptSignal {
  return Object.hasOwn(KEPT, name);
}

/** Beyond it is no measurement, and SQLite would need eight bytes. */
const LARGEST = 2 ** 31 - 1;

/** What is stored for a look, in the order of KEPT_SIGNALS; null for what is not known. */
export function storedValues(look: Observation): (number | null)[] {
  return KEPT_SIGNALS.map((name) => {
    const { of, scale }: Kept = KEPT[name];
    const value = of(look);
    if (value === undefined || !Number.isFinite(value)) return null;
    return Math.max(-LARGEST, Math.min(LARGEST, Math.round(value * scale)));
  });
}

function answered(signal: 'neighbour' | 'tcp22' | 'ssh' | 'vitals' | 'checks') {
  return ({ signals }: Observation): number | undefined => {
    const answer = signals[signal];
    if (answer === 'yes') return 100;
    return answer === 'no' ? 0 : undefined;
  };
}

function slowed({ vitals }: Observation): number | undefined {
  const { state } = powerOf(vitals ?? {});
  if (state === 'unknown') return undefined;
  return state === 'now' ? 100 : 0;
}

function swapUsed({ signs }: Observation): number | undefined {
  return used(signs?.swapTotal, signs?.swapFree);
}

function inodesUsed({ signs }: Observation): number | undefined {
  return used(signs?.inodesTotal, signs?.inodesFree);
}

function used(total: number | undefined, free: number | undefined): number | undefined {
  return total === undefined || free === undefined || total === 0
    ? undefined
    : (1 - free / total) * 100;
}
