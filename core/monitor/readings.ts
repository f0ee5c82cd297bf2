/** A Pi's measurements as people read them, each with the number to sort by. */
import { duration } from '../formats/duration.ts';
import type { Vitals } from '../runs/event.ts';
import type { PendingUpdates } from './watch/observation.ts';
import { diskUsed, memoryUsed, powerOf } from './judge.ts';

/** `value` is undefined, and the text an en dash, for what could not be read. */
export type Reading = { readonly value: number | undefined; readonly text: string };

export type Readings = {
  /** Degrees Celsius. */
  readonly temperature: Reading;
  /** One-minute load average. */
  readonly load: Reading;
  /** Per cent. */
  readonly memory: Reading;
  /** Per cent of the root file system. */
  readonly disk: Reading;
  /** 3: something is wrong now, 2: was since the last boot, 1: fine. */
  readonly power: Reading;
  /** Seconds. */
  readonly uptime: Reading;
};

export function readingsOf(vitals: Vitals): Readings {
  const { temperature, load, uptime } = vitals;
  return {
    temperature: reading(temperature, (value) => `${value.toFixed(1)} °C`),
    load: reading(load, (value) => value.toFixed(2)),
    memory: reading(memoryUsed(vitals), percent),
    disk: reading(diskUsed(vitals), percent),
    power: powerReading(vitals),
    uptime: reading(uptime, (seconds) => duration(seconds * 1000)),
  };
}

/** `12 updates pending, 3 of them for security`; undefined where there are none. */
export function updatesText({ pending, security }: PendingUpdates): string | undefined {
  if (pending === 0) return undefined;
  const forSecurity = security === 0 ? '' : `, ${security} of them for security`;
  return `${pending} ${pending === 1 ? 'update' : 'updates'} pending${forSecurity}`;
}

/** `ok`, `now: under-voltage`, `earlier: throttled`. */
function powerReading(vitals: Vitals): Reading {
  const { state, what } = powerOf(vitals);
  switch (state) {
    case 'unknown':
      return { value: undefined, text: '–' };
    case 'ok':
      return { value: 1, text: 'ok' };
    case 'earlier':
      return { value: 2, text: `earlier: ${what.join(', ')}` };
    case 'now':
      return { value: 3, text: `now: ${what.join(', ')}` };
  }
}

function reading(value: number | undefined, format: (value: number) => string): Reading {
  return { value, text: value === undefined ? '–' : format(value) };
}

function percent(value: number): string {
  return `${value.toFixed(0)} %`;
}
