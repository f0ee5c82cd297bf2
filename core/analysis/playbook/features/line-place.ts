/**
 * Where in a YAML document a place is, by lines and indentation: what is being typed is seldom YAML
 * yet.
 */
import type { Range } from '../../../formats/playbook/node.ts';

export type LinePlace = {
  /** The keys around, from the outermost; lists are not told apart. */
  readonly path: readonly string[];
  /** Keys of the same mapping. */
  readonly siblings: ReadonlySet<string>;
  /** The key that is being typed, or the word of a value. */
  readonly word: Range;
  /** The key on the line, where the place is behind its colon. */
  readonly valueOf: string | undefined;
  /** From the value’s beginning (or that of the word in a list) to its end, without quotes. */
  readonly value: Range;
  /** The line begins with a dash, and has no key. */
  readonly isItem: boolean;
  /** A colon follows the word. */
  readonly hasColon: boolean;
  /** Where keys of this mapping stand. */
  readonly column: number;
};

type Line = {
  readonly indent: number;
  /** Where what follows the dashes begins. */
  readonly column: number;
  readonly hasDash: boolean;
  readonly key: string;
};

const LINE = /^( *)((?:- +|-$)*)(?:(["']?)([\w.-]+)\3[ \t]*:(?=[ \t]|$))?/;

function readLine(source: string): Line | undefined {
  if (/^\s*(?:#|$|---)/.test(source)) return undefined;
  const [, lead = '', dashes = '', , key = ''] = LINE.exec(source) ?? [];
  const column = lead.length + dashes.length;
  return { indent: lead.length, column, hasDash: dashes !== '', key };
}

export function linePlace(text: string, offset: number): LinePlace | undefined {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const newline = text.indexOf('\n', start);
  const source = text.slice(start, newline < 0 ? text.length : newline).replace(/\r$/, '');
  const before = source.slice(0, offset - start);
  if (/^\s*#/.test(source) || /\s#/.test(before) || before.includes('\t')) return undefined;
  const match = /^( *)((?:- +|-$)*)(.*)$/.exec(source);
  const lead = match?.[1]?.length ?? 0;
  const dashes = match?.[2] ?? '';
  const isBlank = source.trim() === '';
  const column = isBlank ? offset - start : lead + dashes.length;
  if (offset - start < column) return undefined;
  const content = isBlank ? '' : (match?.[3] ?? '');
  const colon = /^(["']?)[\w.-]+\1[ \t]*:(?=[ \t]|$)[ \t]*/.exec(content);
  const at = offset - start - column;
  const isValue =
    colon !== null && at >= colon[0].trimEnd().length + (colon[0].endsWith(':') ? 1 : 0);
  const from = start + column;
  const { path, siblings } = upwards(text, start, column, dashes === '' ? undefined : lead);
  below(text, newline, column, siblings);
  const key = colon === null ? undefined : /[\w.-]+/.exec(colon[0])?.[0];
  if (isValue) {
    const range = unquoted(content, colon[0].length);
    return {
      path,
      siblings,
      word: wordAt(text, offset),
      valueOf: key,
      value: { start: from + range.start, end: from + range.end },
      isItem: false,
      hasColon: false,
      column,
    };
  }
  const keyEnd =
    colon === null ? (/^[\w.-]*/.exec(content)?.[0].length ?? 0) : colon[0].trimEnd().length - 1;
  const range = unquoted(content, 0);
  return {
    path,
    siblings,
    word: { start: from, end: from + (key?.length ?? keyEnd) },
    valueOf: undefined,
    value: { start: from + range.start, end: from + range.end },
    isItem: dashes !== '' && colon === null,
    hasColon: colon !== null,
    column,
  };
}

/** Without a comment behind it and the quotes around it. */
function unquoted(content: string, from: number): Range {
  const value = content
    .slice(from)
    .replace(/(?:^|[ \t]+)#.*$/, '')
    .trimEnd();
  const quote = /^["']/.exec(value)?.[0];
  if (quote === undefined) return { start: from, end: from + value.length };
  const closed = value.length > 1 && value.endsWith(quote);
  return { start: from + 1, end: from + value.length - (closed ? 1 : 0) };
}

function wordAt(text: string, offset: number): Range {
  const before = /[\w./-]*$/.exec(text.slice(Math.max(0, offset - 200), offset))?.[0].length ?? 0;
  const after = /^[\w./-]*/.exec(text.slice(offset, offset + 200))?.[0].length ?? 0;
  return { start: offset - before, end: offset + after };
}

/** `dash`: the column of the dash on the line itself. */
function upwards(
  text: string,
  lineStart: number,
  column: number,
  dash: number | undefined,
): { path: string[]; siblings: Set<string> } {
  const path: string[] = [];
  const siblings = new Set<string>();
  let map: number | undefined = dash === undefined ? column : undefined;
  let list = dash;
  let isOwn = dash === undefined;
  let end = lineStart;
  while (end > 0) {
    const start = text.lastIndexOf('\n', end - 2) + 1;
    const line = readLine(text.slice(start, end).replace(/\r?\n$/, ''));
    end = start;
    if (line === undefined) continue;
    if (map !== undefined) {
      if (line.column === map && isOwn && line.key !== '') siblings.add(line.key);
      const isParent = line.column < map && line.key !== '';
      if (isParent) {
        path.unshift(line.key);
        isOwn = false;
      }
      if (line.column === map || isParent) {
        map = line.column;
        if (line.hasDash) {
          list = line.indent;
          map = undefined;
          isOwn = false;
        }
      }
    } else if (list !== undefined && line.key !== '' && line.column <= list) {
      path.unshift(line.key);
      map = line.hasDash ? undefined : line.column;
      list = line.hasDash ? line.indent : undefined;
    }
    if (map === 0 && !isOwn && list === undefined) break;
  }
  return { path, siblings };
}

function below(text: string, newline: number, column: number, siblings: Set<string>): void {
  let start = newline < 0 ? text.length : newline + 1;
  while (start < text.length) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    const line = readLine(text.slice(start, end).replace(/\r$/, ''));
    start = end + 1;
    if (line === undefined) continue;
    if (line.indent < column || (line.hasDash && line.indent <= column)) return;
    if (line.column === column && line.key !== '') siblings.add(line.key);
  }
}
