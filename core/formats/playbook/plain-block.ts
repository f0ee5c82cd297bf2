/**
 * The YAML that most tasks are made of, read without a parser: mappings and lists by indentation,
 * with values of one line. Ten times faster; anything else is left to the parser. That both agree is
 * tested on the corpus and on random edits.
 */
import { resolvePlain } from '../inventory/ansible-yaml.ts';
import type { Entry, ScalarNode, YamlNode } from './node.ts';

/** The one node of the text; undefined where the parser has to read it. */
export function readPlainBlock(text: string): YamlNode | undefined {
  if (/[\t\r\uFEFF\u0085\u2028\u2029]|(?:- +){20}/.test(text)) return undefined;
  const lines = contentLines(text);
  if (lines.length === 0) return undefined;
  const reader: Reader = { text, lines, line: 0, at: lines[0]?.start ?? 0, failed: false };
  const node = readNode(reader);
  return reader.failed || reader.line < lines.length ? undefined : node;
}

/** Offsets of the first character and behind the last one, and of the line itself. */
type ContentLine = { readonly lineStart: number; readonly start: number; readonly end: number };

type Reader = {
  readonly text: string;
  readonly lines: readonly ContentLine[];
  line: number;
  /** Where the rest of the line begins. */
  at: number;
  /** The parser has to read it: what is returned from then on means nothing. */
  failed: boolean;
};

const SPACE = 32;
const DASH = 45;
const HASH = 35;

function contentLines(text: string): ContentLine[] {
  const lines: ContentLine[] = [];
  for (let lineStart = 0; lineStart < text.length;) {
    const newline = text.indexOf('\n', lineStart);
    const lineEnd = newline < 0 ? text.length : newline;
    let start = lineStart;
    while (start < lineEnd && text.charCodeAt(start) === SPACE) start++;
    let end = lineEnd;
    while (end > start && text.charCodeAt(end - 1) === SPACE) end--;
    if (end > start && text.charCodeAt(start) !== HASH) lines.push({ lineStart, start, end });
    lineStart = lineEnd + 1;
  }
  return lines;
}

const fail = (reader: Reader): YamlNode => {
  reader.failed = true;
  return empty(0);
};

function readNode(reader: Reader): YamlNode {
  const line = reader.lines[reader.line];
  if (line === undefined || reader.failed) return fail(reader);
  if (isDash(reader, line)) return readSequence(reader, reader.at - line.lineStart);
  KEY.lastIndex = reader.at;
  return KEY.test(reader.text) && KEY.lastIndex <= line.end
    ? readMap(reader, reader.at - line.lineStart)
    : fail(reader);
}

function isDash({ text, at }: Reader, line: ContentLine): boolean {
  return text.charCodeAt(at) === DASH && (at + 1 === line.end || text.charCodeAt(at + 1) === SPACE);
}

const KEY = /([A-Za-z_][\w.-]*|"[^"\\\n]+"|'[^'\n]+'):(?= |\n|$)/y;

function readSequence(reader: Reader, column: number): YamlNode {
  const items: YamlNode[] = [];
  const start = reader.at;
  for (;;) {
    const line = reader.lines[reader.line];
    if (line === undefined || reader.failed) break;
    if (reader.at - line.lineStart !== column || !isDash(reader, line)) break;
    const emptyAt = moveOn(reader, line, reader.at + 1);
    if (emptyAt === undefined) items.push(readInline(reader, line));
    else items.push(isDeeper(reader, column) ? readNode(reader) : empty(emptyAt));
    if (isDeeper(reader, column)) return fail(reader);
  }
  return { kind: 'sequence', start, end: items.at(-1)?.end ?? start, flow: false, items };
}

function readMap(reader: Reader, column: number): YamlNode {
  const entries: Entry[] = [];
  const start = reader.at;
  for (;;) {
    const line = reader.lines[reader.line];
    if (line === undefined || reader.failed) break;
    if (reader.at - line.lineStart !== column) break;
    KEY.lastIndex = reader.at;
    const written = KEY.exec(reader.text)?.[1];
    if (written === undefined || KEY.lastIndex > line.end) break;
    const colon = reader.at + written.length;
    const key = keyNode(written, reader.at);
    const emptyAt = moveOn(reader, line, colon + 1);
    const value =
      emptyAt === undefined ? readScalar(reader, line) : readBelow(reader, column, emptyAt);
    entries.push({ key, name: key.text, value });
    if (isDeeper(reader, column)) return fail(reader);
  }
  const last = entries.at(-1);
  const end = last === undefined ? start : Math.max(last.key.end, last.value.end);
  return { kind: 'map', start, end, flow: false, entries };
}

/** The value of a key that has none on its line: deeper, or a list whose dashes are below the key. */
function readBelow(reader: Reader, column: number, emptyAt: number): YamlNode {
  if (isDeeper(reader, column)) return readNode(reader);
  const line = reader.lines[reader.line];
  const isList =
    line !== undefined && line.start - line.lineStart === column && isDash(reader, line);
  return isList ? readSequence(reader, column) : empty(emptyAt);
}

/**
 * Moves behind a dash or colon. Where nothing follows on the line the next one is begun, and what is
 * returned is where an empty value stands.
 */
function moveOn(reader: Reader, line: ContentLine, from: number): number | undefined {
  let at = from;
  while (at < line.end && reader.text.charCodeAt(at) === SPACE) at++;
  if (at < line.end && reader.text.charCodeAt(at) !== HASH) {
    reader.at = at;
    return undefined;
  }
  nextLine(reader);
  return from;
}

function nextLine(reader: Reader): void {
  reader.line++;
  reader.at = reader.lines[reader.line]?.start ?? reader.text.length;
}

function isDeeper({ lines, line }: Reader, column: number): boolean {
  const next = lines[line];
  return next !== undefined && next.start - next.lineStart > column;
}

/** What follows a dash: another list, a mapping, or a value. */
function readInline(reader: Reader, line: ContentLine): YamlNode {
  if (isDash(reader, line)) return readNode(reader);
  KEY.lastIndex = reader.at;
  return KEY.test(reader.text) && KEY.lastIndex <= line.end
    ? readNode(reader)
    : readScalar(reader, line);
}

/** First characters that mean more than text, and those of quotes. */
const SPECIAL = /[[\]{}|>&*!%@`,?:#'"=~-]/;

function readScalar(reader: Reader, line: ContentLine): YamlNode {
  const { text, at: start } = reader;
  const first = text.charAt(start);
  if (first === '"' || first === "'") return readQuoted(reader, line, first);
  if (SPECIAL.test(first)) return fail(reader);
  let written = text.slice(start, line.end);
  const comment = written.indexOf(' #');
  if (comment >= 0) written = written.slice(0, comment).trimEnd();
  if (written.includes(': ') || written.endsWith(':')) return fail(reader);
  nextLine(reader);
  const end = start + written.length;
  const value = resolvePlain(written);
  return { kind: 'scalar', start, end, style: 'plain', text: written, value };
}

function readQuoted(reader: Reader, line: ContentLine, quote: string): YamlNode {
  const { text, at: start } = reader;
  const close = text.indexOf(quote, start + 1);
  if (close < 0 || close >= line.end) return fail(reader);
  const content = text.slice(start + 1, close);
  const rest = text.slice(close + 1, line.end);
  if (rest !== '' && !/^ +#/.test(rest)) return fail(reader);
  if (quote === '"' && content.includes('\\')) return fail(reader);
  nextLine(reader);
  const style = quote === '"' ? 'double' : 'single';
  return { kind: 'scalar', start, end: close + 1, style, text: content, value: content };
}

function keyNode(written: string, start: number): ScalarNode {
  const end = start + written.length;
  const first = written.charAt(0);
  if (first === '"' || first === "'") {
    const content = written.slice(1, -1);
    const style = first === '"' ? 'double' : 'single';
    return { kind: 'scalar', start, end, style, text: content, value: content };
  }
  return {
    kind: 'scalar',
    start,
    end,
    style: 'plain',
    text: written,
    value: resolvePlain(written),
  };
}

function empty(at: number): ScalarNode {
  return { kind: 'scalar', start: at, end: at, style: 'plain', text: '', value: null };
}
