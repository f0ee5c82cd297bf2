/** The answer of the probe as measurements. Total: any text gives a result, in bounded time. */
import type { Vitals } from '../runs/event.ts';
import { PROBE_BEGIN, PROBE_END } from './probe.ts';

/** An answer has about twenty short lines; more is not read. */
const LONGEST_ANSWER = 16_384;
const LONGEST_LINE = 300;
/** How far the answer may begin behind what login scripts print. */
const LONGEST_PREAMBLE = 65_536;

type Reader = (words: readonly string[]) => Vitals;

/** One line a key. A value that is no number, or out of all bounds, is left out. */
const READERS: Readonly<Record<string, Reader>> = {
  uptime: ([value]) => one('uptime', decimal(value)),
  load: ([value]) => one('load', decimal(value)),
  cpus: ([value]) => one('cpus', positive(decimal(value))),
  temperature: ([value]) => one('temperature', degrees(value)),
  'memory-total': ([value]) => one('memoryTotal', kibibytes(value)),
  'memory-available': ([value]) => one('memoryAvailable', kibibytes(value)),
  disk: ([total, available]) => {
    const [diskTotal, diskAvailable] = [kibibytes(total), kibibytes(available)];
    return diskTotal === undefined || diskAvailable === undefined || diskTotal === 0
      ? {}
      : { diskTotal, diskAvailable };
  },
  root: ([options]) =>
    options === undefined || options === ''
      ? {}
      : { rootReadOnly: options.split(',').includes('ro') },
  'under-voltage': ([value]) =>
    value === '0' || value === '1' ? { underVoltage: value === '1' } : {},
  model: (words) => one('model', text(words.join(' '))),
  os: (words) => one('os', text(unquoted(words.join(' ')))),
};

/** The measurements; undefined when the text holds no complete answer. */
export function parseVitals(output: string): Vitals | undefined {
  const answer = answerIn(output);
  return answer === undefined ? undefined : vitalsOf(answer);
}

/** What such lines say, wherever they came from. Total. */
export function vitalsOf(lines: readonly string[]): Vitals {
  const vitals: Vitals = {};
  for (const line of lines) {
    if (line.length > LONGEST_LINE) continue;
    const throttled = /^throttled=0x([0-9a-f]{1,8})$/i.exec(line)?.[1];
    if (throttled !== undefined) {
      vitals.throttled ??= Number.parseInt(throttled, 16);
      continue;
    }
    const [key = '', ...words] = line.split(' ');
    const read = Object.hasOwn(READERS, key) ? READERS[key] : undefined;
    if (read !== undefined) Object.assign(vitals, read(words));
  }
  return withUnderVoltage(vitals);
}

/** Bit 0 of the throttled word says the same as the sensor's alarm. */
function withUnderVoltage(vitals: Vitals): Vitals {
  if (vitals.throttled === undefined) return vitals;
  return { ...vitals, underVoltage: (vitals.throttled & 1) === 1 || vitals.underVoltage === true };
}

/** The lines between the marks of the last answer; a login script may have echoed the script. */
function answerIn(output: string): string[] | undefined {
  const bounded = output.slice(0, LONGEST_PREAMBLE + LONGEST_ANSWER);
  const begin = startOfLine(bounded, PROBE_BEGIN);
  if (begin === -1) return undefined;
  const rest = bounded.slice(begin + PROBE_BEGIN.length, begin + LONGEST_ANSWER);
  const end = startOfLine(rest, PROBE_END);
  if (end === -1) return undefined;
  return rest
    .slice(0, end)
    .split('\n')
    .map((line) => line.trim());
}

/** Where `line` stands as a whole line, or -1. */
function startOfLine(text: string, line: string): number {
  const match = new RegExp(`^${line}\\r?$`, 'm').exec(text);
  return match === null ? -1 : match.index;
}

function one<K extends keyof Vitals>(key: K, value: Vitals[K]): Vitals {
  return value === undefined ? {} : { [key]: value };
}

function decimal(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,15}(?:\.\d{1,6})?$/.test(value) ? Number(value) : undefined;
}

function positive(value: number | undefined): number | undefined {
  return value === 0 ? undefined : value;
}

/** Millidegrees, as the kernel gives them; sensors out of order say -127000 or 85000000. */
function degrees(value: string | undefined): number | undefined {
  if (value === undefined || !/^-?\d{1,6}$/.test(value)) return undefined;
  const celsius = Number(value) / 1000;
  return celsius > -60 && celsius < 200 ? Math.round(celsius * 10) / 10 : undefined;
}

function kibibytes(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,12}$/.test(value) ? Number(value) * 1024 : undefined;
}

/** Shown in terminals: nothing in it may move a cursor. */
function text(value: string): string | undefined {
  const clean = value
    .replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '')
    .trim()
    .slice(0, 120);
  return clean === '' ? undefined : clean;
}

function unquoted(value: string): string {
  return /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
}
