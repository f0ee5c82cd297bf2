/** The lines of a YAML text as people see them: what is indentation, key, value; nothing is parsed. */
import type { Range } from './node.ts';

export type Line = {
  /** inside: of a block scalar, a quote or brackets that an earlier line opened. */
  readonly kind: 'blank' | 'code' | 'inside';
  /** Offsets of the line, without its end. */
  readonly start: number;
  readonly end: number;
  readonly indentation: string;
  /** Of the first character that is no space. */
  readonly column: number;
  /** Columns of the dashes that begin it. */
  readonly dashes: readonly number[];
  /** Offset behind indentation and dashes. */
  readonly contentStart: number;
  readonly hasKey: boolean;
  readonly keyColumn?: number;
  /** The key as written, without quotes. */
  readonly key?: string;
  /** What follows the key or the dash, without a comment; absent where nothing does. */
  readonly value?: Range;
  /** The value begins what no later line ends. */
  readonly unclosed?: 'quote' | 'bracket';
  /** The value goes on over lines that YAML wants deeper; Ansible does not mind. */
  readonly spread?: Range;
  /** What follows the quote that ends the value. */
  readonly afterQuote?: Range;
};

const KEY =
  /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#'"[\]{},&*!|>%@`-][^#]*?|-[^\s#][^#]*?)\s*:(?=\s|$)/;

/** Reads at most a few characters of each line twice: linear in the length of the text. */
export function scanLines(text: string): Line[] {
  const raw = rawLines(text);
  const lines: Line[] = [];
  for (let index = 0; index < raw.length; index++) {
    const range = raw[index];
    if (range === undefined) break;
    const line = readLine(text, range);
    if (line.kind === 'blank' || line.value === undefined) {
      lines.push(line);
      continue;
    }
    const opened = openedBy(text, line, raw, index);
    lines.push(opened.line);
    for (; index < opened.last; index++) {
      const inner = raw[index + 1];
      if (inner !== undefined) lines.push({ ...readLine(text, inner), kind: 'inside' });
    }
  }
  return lines;
}

/** The end of what is written between two offsets, without a comment and spaces behind it. */
export function contentEnd(text: string, start: number, end: number): number {
  const written = text.slice(start, end);
  const comment = /^#|\s#/.exec(written);
  return start + (comment === null ? written : written.slice(0, comment.index)).trimEnd().length;
}

function rawLines(text: string): Range[] {
  const lines: Range[] = [];
  for (let start = 0; start <= text.length;) {
    const newline = text.indexOf('\n', start);
    const stop = newline < 0 ? text.length : newline;
    const end = stop > start && text.charAt(stop - 1) === '\r' ? stop - 1 : stop;
    if (newline >= 0 || end > start) lines.push({ start, end });
    start = stop + 1;
  }
  return lines;
}

function readLine(text: string, { start, end }: Range): Line {
  const written = text.slice(start, end);
  const indentation = /^[ \t]*/.exec(written)?.[0] ?? '';
  const column = indentation.length;
  const blank = written.length === column || written.charAt(column) === '#';
  const dashes: number[] = [];
  let at = column;
  while (!blank && /^-(?:\s|$)/.test(written.slice(at, at + 2))) {
    dashes.push(at);
    at += 1 + (/^[ \t]*/.exec(written.slice(at + 1))?.[0].length ?? 0);
  }
  const isMarker = column === 0 && /^(?:---|\.\.\.)(?:\s|$)/.test(written);
  const rest = written.slice(at);
  const key = blank || isMarker ? null : KEY.exec(rest);
  const valueStart = start + at + (key?.[0].length ?? 0);
  const spaces = /^[ \t]*/.exec(text.slice(valueStart, end))?.[0].length ?? 0;
  const from = valueStart + spaces;
  const to = blank || isMarker ? from : valueEnd(text, from, end);
  return {
    kind: blank || isMarker ? 'blank' : 'code',
    start,
    end,
    indentation,
    column,
    dashes,
    contentStart: start + at,
    hasKey: key !== null,
    ...(key === null ? {} : { keyColumn: at, key: (key[1] ?? '').replace(/^["']|["']$/g, '') }),
    ...((key !== null || dashes.length > 0) && to > from
      ? { value: { start: from, end: to } }
      : {}),
  };
}

/** A comment within quotes is none; whether the quotes close is for later. */
function valueEnd(text: string, start: number, end: number): number {
  const quote = text.charAt(start);
  if (quote !== '"' && quote !== "'") return contentEnd(text, start, end);
  const close = closingQuote(text, start, end);
  return close === undefined
    ? start + text.slice(start, end).trimEnd().length
    : contentEnd(text, close, end);
}

/** The offset behind the quote that ends what begins at `start`, before `end`. */
function closingQuote(text: string, start: number, end: number): number | undefined {
  const quote = text.charAt(start);
  for (let at = start + 1; at < end; at++) {
    const char = text.charAt(at);
    if (char === '\\' && quote === '"') at++;
    else if (char === quote) {
      if (quote === "'" && text.charAt(at + 1) === "'") at++;
      else return at + 1;
    }
  }
  return undefined;
}

type Opened = { readonly line: Line; readonly last: number };

function openedBy(text: string, line: Line, raw: readonly Range[], index: number): Opened {
  const value = line.value;
  if (value === undefined) return { line, last: index };
  const first = text.charAt(value.start);
  const parent = line.keyColumn ?? line.dashes.at(-1) ?? line.column;
  const written = text.slice(value.start, value.end);
  if (/^(?:[!&]\S+\s+)*[|>][-+0-9]*$/.test(written)) {
    return { line, last: lastDeeper(text, raw, index, parent) };
  }
  if (first === '"' || first === "'") {
    const here = closingQuote(text, value.start, line.end);
    if (here !== undefined) {
      const isAfter = here < value.end && text.slice(here, value.end).trim() !== '';
      const from = here + (/^\s*/.exec(text.slice(here, value.end))?.[0].length ?? 0);
      return {
        line: isAfter ? { ...line, afterQuote: { start: from, end: value.end } } : line,
        last: index,
      };
    }
    const close = closingQuote(text, value.start, text.length);
    const isClean = close !== undefined && endsCleanly(text, close);
    if (!isClean) return { line: { ...line, unclosed: 'quote' }, last: index };
    return spreadTo(text, line, raw, index, parent, close);
  }
  if (first === '[' || (first === '{' && !/^\{[{%#]/.test(written))) {
    const close = closingBracket(text, value.start);
    if (close === undefined || !endsCleanly(text, close)) {
      return { line: { ...line, unclosed: 'bracket' }, last: index };
    }
    return spreadTo(text, line, raw, index, parent, close);
  }
  return { line, last: index };
}

function endsCleanly(text: string, at: number): boolean {
  return contentEnd(text, at, endOfLine(text, at)) === at;
}

/** The line with a value that ends at `close`, on a later line. */
function spreadTo(
  text: string,
  line: Line,
  raw: readonly Range[],
  index: number,
  parent: number,
  close: number,
): Opened {
  let last = index;
  while (last + 1 < raw.length && (raw[last]?.end ?? 0) < close) last++;
  const isDeep = raw.slice(index + 1, last + 1).every(({ start, end }) => {
    const column = text.slice(start, end).search(/[^ ]/);
    return column < 0 || (column > parent && text.charAt(start + column) !== '\t');
  });
  if (isDeep) return { line, last };
  const spread = { start: line.end, end: close };
  return { line: { ...line, spread }, last };
}

function endOfLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline;
}

/** The last of the lines that follow and stand deeper than a column. */
function lastDeeper(text: string, raw: readonly Range[], index: number, column: number): number {
  let last = index;
  for (let next = index + 1; next < raw.length; next++) {
    const range = raw[next];
    if (range === undefined) break;
    const first = text.slice(range.start, range.end).search(/[^ ]/);
    if (first < 0) continue;
    if (first <= column) break;
    last = next;
  }
  return last;
}

/** Longer values in brackets are not looked through: each open one is a search of its own. */
const MAX_BRACKETS = 20_000;

/** The offset behind the bracket that ends what begins at `start`. */
function closingBracket(text: string, start: number): number | undefined {
  let depth = 0;
  const stop = Math.min(text.length, start + MAX_BRACKETS);
  for (let at = start; at < stop; at++) {
    const char = text.charAt(at);
    if ((char === '"' || char === "'") && /[\s[{,:]/.test(text.charAt(at - 1))) {
      const close = closingQuote(text, at, text.length);
      if (close === undefined) return undefined;
      at = close - 1;
    } else if (char === '#' && /\s/.test(text.charAt(at - 1))) at = endOfLine(text, at);
    else if (char === '[' || char === '{') depth++;
    else if ((char === ']' || char === '}') && --depth === 0) return at + 1;
  }
  return undefined;
}
