/** Which setting a place of the text belongs to, by lines and indentation: also while it is typed. */
import type { TextRange } from '../features.ts';

export type SettingPlace = {
  /** Names of the settings around it, without lists' indexes. */
  readonly parents: readonly string[];
  /** The name on the line, '' where there is none yet. */
  readonly name: string;
  readonly nameRange: TextRange;
  /** What stands behind “name:”, without blanks and comment; undefined without a colon. */
  readonly value: TextRange | undefined;
  /** An item of a list without a name: “- value”. */
  readonly isItem: boolean;
  /** Names that stand beside it. */
  readonly siblings: readonly string[];
};

const LINE = /^([ \t]*(?:- +)*)(?:([A-Za-z_][\w-]*)([ \t]*:(?=[ \t]|$)[ \t]*)?)?(.*)$/;

type Line = {
  readonly indent: number;
  readonly dash: boolean;
  readonly name: string;
  readonly at: number;
};

export function placeAt(text: string, offset: number): SettingPlace | undefined {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const newline = text.indexOf('\n', start);
  const source = text.slice(start, newline === -1 ? text.length : newline).replace(/\r$/, '');
  if (/^\s*#/.test(source) || /\s#/.test(source.slice(0, offset - start))) return undefined;
  const match = LINE.exec(source);
  if (match === null) return undefined;
  const [, lead = '', word = '', colon, rest = ''] = match;
  const nameStart = start + lead.length;
  const nameRange = { start: nameStart, end: nameStart + word.length };
  const valueStart = nameRange.end + (colon ?? '').length;
  const valueText = rest.replace(/(?:^|[ \t]+)#.*$/, '').trimEnd();
  const indent =
    word === '' && rest.trim() === '' ? Math.max(lead.length, offset - start) : lead.length;
  const { parents, siblings } = around(text, start, indent, lead.includes('-'));
  return {
    parents,
    name: word,
    nameRange,
    value:
      colon === undefined ? undefined : { start: valueStart, end: valueStart + valueText.length },
    isItem: colon === undefined && lead.includes('-'),
    siblings,
  };
}

function around(
  text: string,
  lineStart: number,
  indent: number,
  isItem: boolean,
): { parents: string[]; siblings: string[] } {
  const before = linesOf(text.slice(0, lineStart));
  const parents: string[] = [];
  const siblings: string[] = [];
  let limit = indent;
  let beside = !isItem;
  for (const line of before.toReversed()) {
    if (line.indent === indent && parents.length === 0 && beside) {
      siblings.push(line.name);
      if (line.dash) beside = false;
    } else if (line.indent < limit && line.name !== '') {
      parents.unshift(line.name);
      limit = line.indent;
      beside = false;
    }
  }
  // Those below, up to the end of this mapping.
  const nextLine = text.indexOf('\n', lineStart);
  if (nextLine !== -1) {
    for (const line of linesOf(text.slice(nextLine + 1))) {
      if (line.indent < indent || (line.indent === indent && line.dash)) break;
      if (line.indent === indent) siblings.push(line.name);
    }
  }
  return { parents, siblings };
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (const source of text.split('\n')) {
    if (/^\s*(?:#|$|---)/.test(source)) continue;
    const [, lead = '', name = '', colon] = LINE.exec(source.replace(/\r$/, '')) ?? [];
    lines.push({
      indent: lead.length,
      dash: lead.includes('-'),
      name: colon === undefined ? '' : name,
      at: 0,
    });
  }
  return lines;
}
