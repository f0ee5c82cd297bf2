/** What a Pi's measurements mean by the project's limits. */
import type { Config } from '../project/config.ts';
import type { Vitals } from '../runs/event.ts';

type Limits = Pick<Config['monitor'], 'temperature' | 'disk' | 'memory'>;

/** A rule gives a short sentence when it is broken. */
type Rule = (vitals: Vitals, limits: Limits) => string | undefined;

/** `vcgencmd get_throttled`: what is so now, and what was so since the last boot. */
const UNDER_VOLTAGE = 0x1;
const FREQUENCY_CAPPED = 0x2;
const THROTTLED = 0x4;
const TEMPERATURE_LIMIT = 0x8;

/** To add a warning, add a line. */
const RULES = {
  'read-only': ({ rootReadOnly }) => (rootReadOnly === true ? 'root is read-only' : undefined),
  'under-voltage': ({ underVoltage, throttled = 0 }) =>
    underVoltage === true || (throttled & UNDER_VOLTAGE) !== 0 ? 'under-voltage' : undefined,
  throttled: ({ throttled = 0 }) => ((throttled & THROTTLED) !== 0 ? 'throttled' : undefined),
  capped: ({ throttled = 0 }) =>
    (throttled & (FREQUENCY_CAPPED | TEMPERATURE_LIMIT)) !== 0 ? 'frequency capped' : undefined,
  hot: ({ temperature = 0 }, limits) =>
    temperature >= limits.temperature ? `hot: ${temperature.toFixed(0)} °C` : undefined,
  disk: (vitals, limits) => {
    const used = diskUsed(vitals);
    return used !== undefined && used >= limits.disk
      ? `disk ${Math.floor(used)} % full`
      : undefined;
  },
  memory: (vitals, limits) => {
    const used = memoryUsed(vitals);
    return used !== undefined && used >= limits.memory
      ? `memory ${Math.floor(used)} % used`
      : undefined;
  },
  'earlier-under-voltage': ({ throttled = 0, underVoltage }) =>
    ((throttled >> 16) & UNDER_VOLTAGE) !== 0 && underVoltage !== true
      ? 'under-voltage since the last boot'
      : undefined,
} as const satisfies Record<string, Rule>;

/** `kind` stays the same for as long as the cause does; the text may not. */
export type Warning = { readonly kind: string; readonly text: string };

/** Every reason to look after a Pi, the gravest first; empty for a healthy one. */
export function warnings(vitals: Vitals, limits: Limits): Warning[] {
  return Object.entries<Rule>(RULES).flatMap(([kind, rule]) => {
    const text = rule(vitals, limits);
    return text === undefined ? [] : [{ kind, text }];
  });
}

/** As `warnings`, in words alone. */
export function warningsOf(vitals: Vitals, limits: Limits): string[] {
  return warnings(vitals, limits).map(({ text }) => text);
}

/** What the firmware says of the power supply and of being slowed down. */
export type Power = {
  /** `unknown`: neither firmware nor sensor could be asked. */
  readonly state: 'ok' | 'now' | 'earlier' | 'unknown';
  /** What is so, or was since the last boot, the gravest first; empty for the other states. */
  readonly what: readonly string[];
};

const POWER_BITS = [
  [UNDER_VOLTAGE, 'under-voltage'],
  [THROTTLED, 'throttled'],
  [FREQUENCY_CAPPED, 'capped'],
  [TEMPERATURE_LIMIT, 'too hot'],
] as const;

/** The same bits are a Pi's present state and, 16 higher, what was so since the last boot. */
export function powerOf({ throttled, underVoltage }: Vitals): Power {
  if (throttled === undefined && underVoltage === undefined) return { state: 'unknown', what: [] };
  const bits = (throttled ?? 0) | (underVoltage === true ? UNDER_VOLTAGE : 0);
  const said = (word: number): string[] =>
    POWER_BITS.filter(([bit]) => (word & bit) !== 0).map(([, text]) => text);
  const now = said(bits);
  if (now.length > 0) return { state: 'now', what: now };
  const earlier = said(bits >> 16);
  return { state: earlier.length > 0 ? 'earlier' : 'ok', what: earlier };
}

/** Per cent of the root file system, as df counts: without what is reserved for root. */
export function diskUsed({ diskTotal, diskAvailable }: Vitals): number | undefined {
  return diskTotal === undefined || diskAvailable === undefined || diskTotal === 0
    ? undefined
    : (1 - diskAvailable / diskTotal) * 100;
}

/** Per cent of memory that programs could not get. */
export function memoryUsed({ memoryTotal, memoryAvailable }: Vitals): number | undefined {
  return memoryTotal === undefined || memoryAvailable === undefined || memoryTotal === 0
    ? undefined
    : (1 - memoryAvailable / memoryTotal) * 100;
}
