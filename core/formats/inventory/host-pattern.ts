/**
 * The names of hosts as inventories write them: `pi[01:10]`, `pi1:2222`, `[fe80::1]:22`.
 * As ansible/parsing/utils/addresses.py and ansible/plugins/inventory/__init__.py.
 */

/** A name that stands for no host: a range that is not one. The message says why. */
export class HostPatternError extends Error {
  override readonly name = 'HostPatternError';
}

export type ExpandedHosts = {
  readonly hosts: readonly string[];
  /** The port behind the name, if any; it holds for every host of the range. */
  readonly port: number | undefined;
};

const NUMERIC_RANGE = String.raw`\[[0-9]+:[0-9]+(?::[0-9]+)?\]`;
const HEX_RANGE = String.raw`\[[0-9a-f]+:[0-9a-f]+(?::[0-9]+)?\]`;
const WORD_RANGE = String.raw`\[(?:[a-z]:[a-z]|[0-9]+:[0-9]+)(?::[0-9]+)?\]`;
const V4 = `(?:[01]?[0-9]{1,2}|2[0-4][0-9]|25[0-5]|${NUMERIC_RANGE})`;
const V6 = `(?:[0-9a-f]{1,4}|${HEX_RANGE})`;
const LABEL = String.raw`(?:[\p{L}\p{N}_]|${WORD_RANGE})(?:[\p{L}\p{N}_-]|${WORD_RANGE})*(?<![_-])`;

const ADDRESS_FORMS = [
  new RegExp(String.raw`^(?:${V4}\.){3}${V4}$`, 'iu'),
  new RegExp(
    [
      `^(?:${V6}:){7}${V6}$`,
      `^(?:${V6}:){1,6}:$`,
      `^(?:${V6}:)(?::${V6}){1,6}$`,
      `^(?:${V6}:){2}(?::${V6}){1,5}$`,
      `^(?:${V6}:){3}(?::${V6}){1,4}$`,
      `^(?:${V6}:){4}(?::${V6}){1,3}$`,
      `^(?:${V6}:){5}(?::${V6}){1,2}$`,
      `^(?:${V6}:){6}(?::${V6})$`,
      `^:(?::${V6}){1,6}$`,
      `^${V6}?::$`,
      String.raw`^(?:(?:0:){6}|::(?:ffff:)?|(?:0:){5}ffff:)(?:${V4}\.){3}${V4}$`,
    ].join('|'),
    'iu',
  ),
  new RegExp(String.raw`^${LABEL}(?:\.${LABEL})*$`, 'iu'),
];

const WITH_PORT = [/^\[(.+)\]:([0-9]+)$/, /^((?:[^:[\]]|\[[^\]]*\])*):([0-9]+)$/];

/**
 * A name or address with an optional port; undefined for what is neither. Ranges are allowed.
 */
export function parseAddress(
  text: string,
): { readonly host: string; readonly port: number | undefined } | undefined {
  let host = text;
  let port: number | undefined;
  for (const form of WITH_PORT) {
    const match = form.exec(host);
    if (match?.[1] !== undefined && match[2] !== undefined) {
      host = match[1];
      port = Number(match[2]);
    }
  }
  return ADDRESS_FORMS.some((form) => form.test(host)) ? { host, port } : undefined;
}

/** The hosts a key of an inventory stands for. Throws HostPatternError for a wrong range. */
export function expandHosts(pattern: string): ExpandedHosts {
  const parsed = parseAddress(pattern);
  return { hosts: expandRanges(parsed?.host ?? pattern), port: parsed?.port };
}

/** No inventory needs more hosts of one range; a typing error might ask for them. */
const MAX_RANGE = 100_000;
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

function expandRanges(pattern: string): string[] {
  const open = pattern.indexOf('[');
  if (open < 0) return [pattern];
  const close = pattern.indexOf(']', open);
  if (close < 0) throw new HostPatternError(`the range in “${pattern}” is not closed`);
  const head = pattern.slice(0, open);
  const tails = expandRanges(pattern.slice(close + 1));
  const parts = rangeParts(pattern.slice(open + 1, close), pattern);
  if (parts.length * tails.length > MAX_RANGE) {
    throw new HostPatternError(`“${pattern}” stands for more than ${MAX_RANGE} hosts`);
  }
  return parts.flatMap((part) => tails.map((tail) => `${head}${part}${tail}`));
}

function rangeParts(range: string, pattern: string): string[] {
  const bounds = range.split(':');
  if (bounds.length < 2 || bounds.length > 3) {
    throw new HostPatternError(`“${pattern}”: a range is [begin:end] or [begin:end:step]`);
  }
  const begin = bounds[0] === '' || bounds[0] === undefined ? '0' : bounds[0];
  const end = bounds[1] ?? '';
  const step = Number(bounds[2] ?? '1');
  if (end === '') throw new HostPatternError(`“${pattern}”: a range needs an end`);
  if (!Number.isInteger(step) || step < 1) {
    throw new HostPatternError(`“${pattern}”: the step of a range is a whole number from 1`);
  }
  const padded = begin.length > 1 && begin.startsWith('0');
  if (padded && begin.length !== end.length) {
    throw new HostPatternError(`“${pattern}”: begin and end of a range must be of one length`);
  }
  const isLetter = (text: string): boolean => text.length === 1 && LETTERS.includes(text);
  if (isLetter(begin) && isLetter(end)) {
    const [first, last] = [LETTERS.indexOf(begin), LETTERS.indexOf(end)];
    if (first > last) throw new HostPatternError(`“${pattern}”: a range must begin before its end`);
    return everyNth(Array.from(LETTERS.slice(first, last + 1)), step);
  }
  if (!/^[0-9]+$/.test(begin) || !/^[0-9]+$/.test(end)) {
    throw new HostPatternError(`“${pattern}”: a range goes from number to number or a to z`);
  }
  const count = Number(end) - Number(begin) + 1;
  if (count > MAX_RANGE * step) {
    throw new HostPatternError(`“${pattern}” stands for more than ${MAX_RANGE} hosts`);
  }
  const numbers = Array.from({ length: Math.max(0, count) }, (_, index) =>
    String(Number(begin) + index).padStart(padded ? begin.length : 0, '0'),
  );
  return everyNth(numbers, step);
}

function everyNth(items: readonly string[], step: number): string[] {
  return items.filter((_, index) => index % step === 0);
}
