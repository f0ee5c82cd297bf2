/**
 * Why a text is no YAML. A parser says where it gave up; here its lines are read for what people
 * get wrong: tabs, indentation, braces and colons without quotes, quotes that are not closed.
 */
import type { Range } from './node.ts';
import { contentEnd, type Line } from './yaml-lines.ts';

export type YamlCause =
  | 'tab'
  | 'indentation'
  | 'unquoted-template'
  | 'colon-in-value'
  | 'unclosed-quote'
  | 'text-after-quote'
  | 'reserved-character'
  | 'unclosed-bracket'
  | 'missing-colon'
  | 'glued-dash'
  | 'unknown-alias'
  | 'unknown-tag'
  | 'syntax';

export type YamlFault = Range & {
  readonly cause: YamlCause;
  /** What the parser says, for a cause that is not known. */
  readonly detail?: string;
  /** The value that is not as it should be, for a fix. */
  readonly value?: Range;
  /** Where the indentation should be, in columns. */
  readonly column?: number;
  /** What is passed over so that the rest can be read: each character is replaced. */
  readonly repair?: Range & { readonly by: string };
};

/** Faults that a text which is no YAML shows by themselves, in the order of the text. */
export function certainCauses(text: string, lines: readonly Line[]): YamlFault[] {
  return lines.flatMap((line) =>
    line.kind === 'code' ? (tabFault(line) ?? valueFault(text, line) ?? []) : [],
  );
}

/** What is most likely wrong where nothing certain is: what a line is compared with may be it, too. */
export function likelyCause(text: string, lines: readonly Line[]): YamlFault | undefined {
  return indentationFault(lines) ?? missingColonFault(text, lines);
}

/** The place where the parser gave up. */
export function generalCause(
  text: string,
  offset: number,
  code: string,
  message: string,
): YamlFault {
  const at = Math.min(offset, text.length);
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const newline = text.indexOf('\n', at);
  const lineEnd = newline < 0 ? text.length : newline;
  const content = lineStart + text.slice(lineStart, lineEnd).search(/\S|$/);
  const start = at < lineEnd ? Math.max(at, content) : content;
  const end = Math.max(contentEnd(text, start, lineEnd), Math.min(start + 1, text.length));
  return {
    cause: code === 'TAB_AS_INDENT' ? 'tab' : 'syntax',
    start: Math.min(start, end),
    end,
    detail: message,
  };
}

function tabFault({ start, indentation }: Line): YamlFault | undefined {
  const tab = indentation.indexOf('\t');
  if (tab < 0) return undefined;
  const end = start + indentation.length;
  return { cause: 'tab', start: start + tab, end, repair: { start, end, by: ' ' } };
}

const RESERVED = /^[@`%]|^[*&](?![\w-])/;

function valueFault(text: string, line: Line): YamlFault | undefined {
  const { value } = line;
  if (value === undefined) return undefined;
  const { start, end } = value;
  const written = text.slice(start, end);
  const repair = { start, end, by: '_' };
  if (/^\{[{%#]/.test(written)) {
    return { cause: 'unquoted-template', start, end, value, repair };
  }
  if (line.unclosed === 'quote') return { cause: 'unclosed-quote', start, end, value, repair };
  if (line.unclosed === 'bracket')
    return { cause: 'unclosed-bracket', start, end: start + 1, value, repair };
  if (line.afterQuote !== undefined) {
    const { start: from, end: to } = line.afterQuote;
    return { cause: 'text-after-quote', start: from, end: to, value, repair };
  }
  if (/^[[{]/.test(written)) return bracesWithin(text, start, end);
  if (/^["'|>]/.test(written)) return undefined;
  if (RESERVED.test(written))
    return { cause: 'reserved-character', start, end: start + 1, value, repair };
  if (/^[!&*]/.test(written)) return undefined;
  const colon = line.hasKey ? /:(?=\s|$)/.exec(written)?.index : undefined;
  if (colon === undefined) return undefined;
  return { cause: 'colon-in-value', start: start + colon, end: start + colon + 1, value, repair };
}

/** `{{ … }}` as a value within brackets, without quotes. */
function bracesWithin(text: string, from: number, to: number): YamlFault | undefined {
  const written = text.slice(from, to);
  // Quoted texts are stepped over.
  const found = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^"'])*?[:,[]\s*(?=\{\{)/.exec(written);
  if (found === null) return undefined;
  const start = from + found[0].length;
  const close = text.slice(start, to).indexOf('}}');
  if (close < 0) return undefined;
  const value = { start, end: start + close + 2 };
  return { cause: 'unquoted-template', ...value, value, repair: { ...value, by: '_' } };
}

/**
 * A line that stands deeper than its neighbours though the line before it has a value already, or
 * at a column where nothing began.
 */
function indentationFault(lines: readonly Line[]): YamlFault | undefined {
  let open: { column: number; readonly takesMore: boolean; readonly isDash: boolean }[] = [];
  for (const line of lines) {
    if (line.kind !== 'code') continue;
    const { column } = line;
    const top = open.at(-1);
    const fault = (wanted: number): YamlFault => ({
      cause: 'indentation',
      start: line.start + Math.min(column, Math.max(0, line.indentation.length - 1)),
      end: line.start + Math.max(1, line.contentStart - line.start),
      column: wanted,
      repair: { start: line.start, end: line.end, by: ' ' },
    });
    if (top !== undefined && column > top.column && !top.takesMore && line.hasKey) {
      return fault(top.column);
    }
    const closed = open.filter((each) => each.column <= column);
    const last = closed.at(-1);
    if (open.length > 0 && closed.length < open.length && last?.column !== column) {
      return fault(
        nearestColumn(
          open.map((each) => each.column),
          column,
        ),
      );
    }
    open = closed.filter((each) => each.column < column);
    for (const dash of line.dashes) open.push({ column: dash, takesMore: true, isDash: true });
    if (line.keyColumn !== undefined) {
      open = open.filter((each) => each.column < (line.keyColumn ?? 0));
      open.push({ column: line.keyColumn, takesMore: line.value === undefined, isDash: false });
    }
  }
  return undefined;
}

function nearestColumn(columns: readonly number[], column: number): number {
  return columns.reduce((best, each) =>
    Math.abs(each - column) < Math.abs(best - column) ? each : best,
  );
}

/** `name:x`, or a key without a colon among keys. */
function missingColonFault(text: string, lines: readonly Line[]): YamlFault | undefined {
  const keys = new Set(lines.flatMap((line) => line.keyColumn ?? []));
  for (const [index, line] of lines.entries()) {
    if (line.kind !== 'code') continue;
    const start = line.contentStart;
    const end = contentEnd(text, start, line.end);
    const block = { start: line.start, end: deeperEnd(lines, index), by: ' ' };
    if (isGluedDash(text, lines, index))
      return { cause: 'glued-dash', start, end: start + 1, repair: block };
    if (line.hasKey) continue;
    const next = lines.slice(index + 1).find(({ kind }) => kind === 'code');
    // A word behind a dash with keys below it.
    const isHead =
      line.dashes.length > 0 &&
      /^[a-z_][\w.]*$/i.test(text.slice(start, end)) &&
      next?.hasKey === true &&
      next.dashes.length === 0 &&
      next.column > start - line.start;
    if (isHead) return { cause: 'missing-colon', start, end, repair: block };
    if (!keys.has(start - line.start) || end <= start) continue;
    return { cause: 'missing-colon', start, end, repair: { start, end, by: ' ' } };
  }
  return undefined;
}

/** `-name:` among entries that begin with a dash. */
function isGluedDash(text: string, lines: readonly Line[], index: number): boolean {
  const line = lines[index];
  if (line === undefined || line.dashes.length > 0) return false;
  if (!/^-[A-Za-z_][\w.]*:(?:\s|$)/.test(text.slice(line.contentStart, line.end))) return false;
  return lines.some(({ dashes }) => dashes[0] === line.column);
}

/** The end of the lines that stand deeper than one. */
function deeperEnd(lines: readonly Line[], index: number): number {
  const first = lines[index];
  let end = first?.end ?? 0;
  for (const line of lines.slice(index + 1)) {
    if (line.kind === 'code' && line.column <= (first?.column ?? 0)) break;
    end = line.end;
  }
  return end;
}
