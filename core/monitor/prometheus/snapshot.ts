/** Prometheus' answer about the fleet as what is known of each Pi. Pure. */
import type { Vitals } from '../../runs/event.ts';
import type { Signs } from '../watch/observation.ts';
import type { Sample } from './api.ts';
import type { MeasureName } from './measures.ts';

export type Scraped = {
  /** Whether the last scrape was good; undefined where Prometheus has no such target. */
  readonly up: boolean | undefined;
  readonly vitals: Vitals;
  readonly signs: Signs;
  /** Names of its alerts that fire, or are about to. */
  readonly alerts: ReadonlySet<string>;
};

export const UNKNOWN_TARGET: Scraped = {
  up: undefined,
  vitals: {},
  signs: {},
  alerts: new Set(),
};

type Gathered = {
  readonly numbers: Map<string, number>;
  readonly units: string[];
  readonly alerts: Set<string>;
  info: Readonly<Record<string, string>>;
};

/** Seconds after which the file that the role's timer writes says nothing any more. */
const STALE = 300;
/** As many as the monitor's own loop tells. */
const UNITS = 20;

/** Every Pi that Prometheus says anything of, by its name. */
export function snapshotOf(samples: readonly Sample[]): ReadonlyMap<string, Scraped> {
  const hosts = new Map<string, Gathered>();
  for (const { labels, value } of samples) {
    const { name = '', what = '' } = labels;
    const known = hosts.get(name) ?? newGathered();
    hosts.set(name, known);
    take(known, what, labels, value);
  }
  return new Map([...hosts].map(([name, gathered]) => [name, scrapedOf(gathered)]));
}

function newGathered(): Gathered {
  return { numbers: new Map(), units: [], alerts: new Set(), info: {} };
}

function take(known: Gathered, what: string, labels: Sample['labels'], value: number): void {
  const { unit = '', alertname = '' } = labels;
  if (what === 'info') known.info = labels;
  else if (what === 'alert') known.alerts.add(alertname);
  else if (what === 'unit') {
    if (value > 0 && /^[\w@:.\\-]{1,200}$/.test(unit)) known.units.push(unit);
  } else if (Number.isFinite(value)) known.numbers.set(what, value);
}

function scrapedOf({ numbers, units, info, alerts }: Gathered): Scraped {
  const number = (name: MeasureName): number | undefined => numbers.get(name);
  const isStale = (number('age') ?? 0) > STALE;
  const fromRole = (name: MeasureName): number | undefined => (isStale ? undefined : number(name));
  const up = number('up');
  const readOnly = number('rootReadOnly');
  const throttled = fromRole('throttled');
  const { board, os, boot_id: bootId = '' } = isStale ? {} : info;
  const offset = number('clockOffset');
  return {
    up: up === undefined ? undefined : up === 1,
    vitals: present({
      uptime: number('uptime'),
      load: number('load'),
      cpus: number('cpus'),
      temperature: number('temperature'),
      memoryTotal: number('memoryTotal'),
      memoryAvailable: number('memoryAvailable'),
      diskTotal: number('diskTotal'),
      diskAvailable: number('diskAvailable'),
      rootReadOnly: readOnly === undefined ? undefined : readOnly === 1,
      throttled,
      underVoltage: throttled === undefined ? undefined : (throttled & 1) === 1,
      model: plain(board),
      os: plain(os),
    }),
    signs: present({
      bootId: /^[0-9a-f-]{36}$/.test(bootId) ? bootId : undefined,
      failedUnits: fromRole('failedUnits') === undefined ? undefined : units.sort().slice(0, UNITS),
      cardErrors: fromRole('cardErrors'),
      clockOffset: offset === undefined ? undefined : Math.round(offset),
      swapTotal: number('swapTotal'),
      swapFree: number('swapFree'),
      inodesTotal: number('inodesTotal'),
      inodesFree: number('inodesFree'),
    }),
    alerts,
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(values: T): Present<T> {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as Present<T>; // the same values, without what is undefined
}

/** Shown in terminals: nothing in it may move a cursor. */
export function plain(text: string | undefined): string | undefined {
  const clean = text
    ?.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '')
    .trim()
    .slice(0, 300);
  return clean === '' ? undefined : clean;
}
