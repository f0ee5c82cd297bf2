/**
 * Where the characters of a YAML scalar stand in the document: quotes, escapes, folded lines and
 * indentation lie between the value, which is the template, and the text that a person sees.
 */
import type { Range } from './tree.ts';

/** A scalar of the document: its range without tag and anchor, and what YAML makes of it. */
export type ScalarPlace = Range & { readonly value: string };

export type TemplateString = {
  readonly value: string;
  /** Document offsets of a range of the value. */
  readonly rangeOf: (range: Range) => Range;
  /** False where the value could not be retraced: `rangeOf` is the whole scalar then. */
  readonly exact: boolean;
};

/**
 * Retraces the value of the scalar at `place` in the document's text. `place` is what the yaml
 * package says: range[0], range[1] and the value of a Scalar.
 */
export function templateString(text: string, place: ScalarPlace): TemplateString {
  const { value, start, end } = place;
  const traced = candidates(text, place).find((each) => each.value === value);
  if (traced === undefined) return { value, exact: false, rangeOf: () => ({ start, end }) };
  return { value, exact: true, rangeOf: (range) => traced.rangeOf(range, place) };
}

function* candidates(text: string, place: ScalarPlace): Generator<Trace> {
  const first = text.charAt(place.start);
  if (first === '|' || first === '>') yield* traceBlock(text, place);
  else if (first === '"' || first === "'") {
    yield traceFlow(text, place.start + 1, place.end - 1, first);
  } else yield traceFlow(text, place.start, place.end, undefined);
}

/** The value as it grows, with the place of each character. */
class Trace {
  value = '';
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

  /** Characters that stand in the text as they are. */
  copy(text: string, start: number, end: number): void {
    for (let at = start; at < end; at++) {
      this.starts.push(at);
      this.ends.push(at + 1);
    }
    this.value += text.slice(start, end);
  }

  /** Characters that something else in the text stands for. */
  put(characters: string, start: number, end: number): void {
    for (let count = characters.length; count > 0; count--) {
      this.starts.push(start);
      this.ends.push(end);
    }
    this.value += characters;
  }

  rangeOf(range: Range, place: Range): Range {
    const start = this.starts[range.start] ?? this.ends.at(-1) ?? place.start;
    if (range.end <= range.start) return { start, end: start };
    return { start, end: Math.max(start, this.ends[range.end - 1] ?? this.ends.at(-1) ?? start) };
  }
}

const FOLD = /[ \t]*(?:\r?\n[ \t]*)+/y;
const PLAIN_RUN = /[^\s\\']+/y;
const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|\r?\n[ \t]*|[^])/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};

/** Plain and quoted scalars: a line break is a space, n + 1 of them are n. */
function traceFlow(text: string, start: number, end: number, quote: string | undefined): Trace {
  const trace = new Trace();
  let at = start;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  while (at < end) {
    const fold = match(FOLD);
    const escape = quote === '"' && text.charAt(at) === '\\' ? match(ESCAPE) : null;
    let next = at + 1;
    if (fold !== null) {
      next = Math.min(end, at + fold[0].length);
      const breaks = fold[0].split('\n').length - 1;
      trace.put(breaks === 1 ? ' ' : '\n'.repeat(breaks - 1), at, next);
    } else if (escape !== null) {
      next = at + escape[0].length;
      trace.put(meaningOf(escape), at, next);
    } else if (quote === "'" && text.startsWith("''", at)) {
      next = at + 2;
      trace.put("'", at, next);
    } else {
      const run = match(PLAIN_RUN);
      if (run !== null) next = Math.min(end, at + run[0].length);
      trace.copy(text, at, next);
    }
    at = next;
  }
  return trace;
}

function meaningOf([escape, two, four, eight]: RegExpExecArray): string {
  const digits = two ?? four ?? eight;
  if (digits !== undefined) {
    const code = parseInt(digits, 16);
    return code > 0x10ffff ? escape : String.fromCodePoint(code);
  }
  if (escape.includes('\n')) return '';
  return ESCAPES[escape.charAt(1)] ?? escape.slice(1);
}

type Line = { readonly indent: number; readonly start: number; readonly end: number };

/** `|` and `>`; where the indentation is given, that of the parent has to be guessed. */
function* traceBlock(text: string, place: ScalarPlace): Generator<Trace> {
  const header = /[|>]([-+\d]*)[^\n]*(?:\n|$)/y;
  header.lastIndex = place.start;
  const indicators = header.exec(text)?.[1] ?? '';
  const lines = linesOf(text, header.lastIndex, place.end);
  const given = Number(/\d/.exec(indicators)?.[0] ?? 0);
  const chomp = /[-+]/.exec(indicators)?.[0] ?? '';
  const folded = text.charAt(place.start) === '>';
  const deepest = Math.max(0, ...lines.map(({ indent }) => indent));
  for (let indent = given; indent <= (given === 0 ? 0 : deepest); indent++) {
    yield traceLines(text, lines, { indent, chomp, folded });
  }
}

/** The lines of the body; `start` is where a line's spaces end. */
function linesOf(text: string, start: number, end: number): Line[] {
  const lines: Line[] = [];
  let at = start;
  for (;;) {
    const lineFeed = text.indexOf('\n', at);
    const last = lineFeed === -1 || lineFeed >= end;
    let stop = last ? Math.max(at, end) : lineFeed;
    if (stop > at && text.charAt(stop - 1) === '\r') stop--;
    let content = at;
    while (content < stop && text.charAt(content) === ' ') content++;
    lines.push({ indent: content - at, start: content, end: stop });
    if (last) return lines;
    at = lineFeed + 1;
  }
}

type BlockStyle = { readonly indent: number; readonly chomp: string; readonly folded: boolean };

/** As the yaml package resolves block scalars, with 0 for an indentation to be found. */
function traceLines(text: string, lines: readonly Line[], style: BlockStyle): Trace {
  const trace = new Trace();
  const isBlank = ({ start, end }: Line): boolean => start === end;
  let stop = lines.findLastIndex((line) => !isBlank(line)) + 1;
  const first = lines.findIndex((line) => !isBlank(line));
  if (stop === 0) {
    const end = lines.at(-1)?.end ?? 0;
    if (style.chomp === '+') trace.put('\n'.repeat(Math.max(1, lines.length - 1)), end, end);
    return trace;
  }
  const indent = style.indent > 0 ? style.indent : (lines[first]?.indent ?? 0);
  lines.forEach((line, index) => {
    if (index >= stop && line.indent > indent) stop = index + 1;
  });
  let before: Line | undefined;
  const put = (separator: string, line: Line): void => {
    trace.put(separator, before?.end ?? line.start, line.start);
    trace.copy(text, Math.min(line.end, line.start - Math.max(0, line.indent - indent)), line.end);
    before = line;
  };
  for (const line of lines.slice(0, first)) {
    trace.copy(text, line.start - Math.max(0, line.indent - indent), line.start);
    trace.put('\n', line.end, line.end + 1);
  }
  let separator = '';
  let wasDeeper = false;
  for (const line of lines.slice(first, stop)) {
    if (!style.folded) {
      put(separator, line);
      separator = '\n';
    } else if (line.indent > indent || text.charAt(line.start) === '\t') {
      if (separator === ' ') separator = '\n';
      else if (!wasDeeper && separator === '\n') separator = '\n\n';
      put(separator, line);
      separator = '\n';
      wasDeeper = true;
    } else if (isBlank(line)) {
      if (separator === '\n') {
        trace.put('\n', line.end, line.end + 1);
        before = line;
      } else separator = '\n';
    } else {
      put(separator, line);
      separator = ' ';
      wasDeeper = false;
    }
  }
  const end = lines[stop - 1]?.end ?? 0;
  if (style.chomp === '+') {
    for (const line of lines.slice(stop)) put('\n', line);
    if (!trace.value.endsWith('\n')) trace.put('\n', end, end + 1);
  } else if (style.chomp === '') trace.put('\n', end, end + 1);
  return trace;
}
