/** Where the parts of a YAML document stand in its text: ends, columns, lines, anchors. */
import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  visit,
  type Alias,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { parseAnsibleYaml, type Position } from './inventory/ansible-yaml.ts';

/** An edit that can't be made safely, and the line that stands in its way. */
export class YamlEditError extends Error {
  override readonly name = 'YamlEditError';
  readonly position: Position;

  constructor(message: string, position: Position) {
    super(message);
    this.position = position;
  }
}

/** A parsed document with its text. */
export type YamlText = {
  readonly text: string;
  readonly document: Document.Parsed;
  readonly refuse: (offset: number, message: string) => never;
  readonly positionOf: (offset: number) => Position;
  readonly lineOf: (offset: number) => number;
};

/** Parses for editing. Throws YamlEditError where the text is no YAML. */
export function openYaml(text: string): YamlText {
  const { document, faults, positionOf } = parseAnsibleYaml(text);
  const [fault] = faults;
  if (fault !== undefined) throw new YamlEditError(fault.message, fault);
  return {
    text,
    document,
    refuse: (offset, message) => {
      throw new YamlEditError(message, positionOf(offset));
    },
    positionOf,
    lineOf: (offset) => positionOf(offset).line,
  };
}

export type MapPair = Pair;

/** The pair of a key. Refuses a key that is there twice: which one counts is no one's guess. */
export function pairOf(yaml: YamlText, map: YAMLMap, key: string): MapPair | undefined {
  const pairs = map.items.filter((pair) => keyOf(pair) === key);
  const second = pairs[1];
  if (second !== undefined) {
    return yaml.refuse(offsetOf(second.key), `“${key}” is there twice`);
  }
  return pairs[0];
}

/** A pair's key as text; undefined for what is not a plain text key. */
export function keyOf(pair: MapPair): string | undefined {
  return isScalar(pair.key) && typeof pair.key.value === 'string' ? pair.key.value : undefined;
}

export function offsetOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

/** True for `key:`, `key: ~` and `key: null`. */
export function isNull(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}

/** A mapping or list written with `{}` or `[]`. */
export function isFlow(node: Node | null): boolean {
  return isCollection(node) && node.flow === true;
}

type Token = { readonly type: string; readonly offset: number; readonly source: string };

/** The tokens between a pair's key and its value: colon, spaces, anchor, tag, comments. */
export function separator(pair: MapPair): readonly Token[] {
  return (pair.srcToken?.sep ?? []).filter(
    (token): token is typeof token & Token => 'source' in token,
  );
}

/** The end of the colon, and of the anchor or tag behind it. Undefined where there is no colon. */
export function endOfSeparator(pair: MapPair): number | undefined {
  const last = separator(pair).findLast(({ type }) =>
    ['map-value-ind', 'anchor', 'tag'].includes(type),
  );
  return last === undefined ? undefined : last.offset + last.source.length;
}

/** The end of a pair's last character that is neither space nor comment. */
export function endOfPair(pair: MapPair): number {
  const value = isNode(pair.value) ? pair.value : null;
  if (value !== null && !isEmptyScalar(value)) return endOfNode(value);
  return endOfSeparator(pair) ?? (isNode(pair.key) ? (pair.key.range?.[1] ?? 0) : 0);
}

function endOfNode(node: Node): number {
  if (isMap(node) && !isFlow(node)) {
    const last = node.items.at(-1);
    if (last !== undefined) return endOfPair(last);
  }
  if (isSeq(node) && !isFlow(node)) return endOfSequence(node);
  return node.range?.[1] ?? 0;
}

function endOfSequence(node: YAMLSeq): number {
  const last = node.items.at(-1);
  if (isNode(last) && !isEmptyScalar(last)) return endOfNode(last);
  if (isPair(last)) return endOfPair(last);
  const token = node.srcToken?.type === 'block-seq' ? node.srcToken.items.at(-1) : undefined;
  const dash = token?.start.findLast(({ type }) =>
    ['seq-item-ind', 'anchor', 'tag'].includes(type),
  );
  return dash === undefined || !('source' in dash)
    ? (node.range?.[1] ?? 0)
    : dash.offset + dash.source.length;
}

function isEmptyScalar(node: Node): boolean {
  return isScalar(node) && node.value === null && node.range?.[0] === node.range?.[1];
}

export function lineStart(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return start === 0 && text.startsWith('\uFEFF') ? 1 : start;
}

/**
 * The offset of the line behind the one where content ends, for inserting lines. Refuses where
 * something other than a comment follows on that line.
 */
export function nextLine(yaml: YamlText, end: number): number {
  const { text } = yaml;
  // A block scalar ends behind its last line end.
  if (end > 0 && text.charAt(end - 1) === '\n') return end;
  const newline = text.indexOf('\n', end);
  const rest = text.slice(end, newline < 0 ? text.length : newline);
  if (!/^[ \t]*(?:[ \t]#.*)?\r?$/.test(rest)) {
    yaml.refuse(end, `no line can be added here, for “${rest.trim()}” follows`);
  }
  return newline < 0 ? text.length : newline + 1;
}

/** The line end used around `offset`: that of the line before, else the first of the text. */
export function lineEnd(text: string, offset: number): '\n' | '\r\n' {
  const before = text.lastIndexOf('\n', offset - 1);
  const newline = before >= 0 ? before : text.indexOf('\n');
  return newline > 0 && text.charAt(newline - 1) === '\r' ? '\r\n' : '\n';
}

/** The column (from 0) of a block mapping's keys. */
export function columnOf(yaml: YamlText, map: YAMLMap): number {
  const first = map.items[0];
  const offset = offsetOf(first?.key);
  const start = lineStart(yaml.text, offset);
  const before = yaml.text.slice(start, offset);
  if (!/^ *(?:[-?] +)*$/.test(before)) {
    return yaml.refuse(offset, 'the mapping does not begin on a line of its own');
  }
  return before.length;
}

/** The columns between a mapping and the mapping within it, as the document has it; else 2. */
export function indentStep(yaml: YamlText, columns: readonly number[]): number {
  const steps = columns.slice(1).map((column, index) => column - (columns[index] ?? 0));
  const near = steps.findLast((step) => step > 0);
  if (near !== undefined) return near;
  let found: number | undefined;
  visit(yaml.document, {
    Pair: (_, pair) => {
      if (!isMap(pair.value) || isFlow(pair.value) || pair.value.items.length === 0)
        return undefined;
      const outer = offsetOf(pair.key) - lineStart(yaml.text, offsetOf(pair.key));
      const key = offsetOf(pair.value.items[0]?.key);
      const step = key - lineStart(yaml.text, key) - outer;
      if (step <= 0) return undefined;
      found = step;
      return visit.BREAK;
    },
  });
  return found ?? 2;
}

/** Refuses to change a node that is also used elsewhere, through an alias. */
export function refuseShared(yaml: YamlText, node: Node): void {
  if (isAlias(node)) {
    yaml.refuse(
      offsetOf(node),
      `the value is an alias (*${node.source}): it stands elsewhere and others may use it`,
    );
  }
  const anchor = 'anchor' in node ? node.anchor : undefined;
  if (anchor === undefined) return;
  const alias = aliasTo(yaml, node, anchor);
  if (alias !== undefined) {
    yaml.refuse(
      offsetOf(node),
      `&${anchor} is also used on line ${yaml.lineOf(offsetOf(alias))}: a change would reach further`,
    );
  }
}

function aliasTo(yaml: YamlText, node: Node, anchor: string): Alias | undefined {
  let found: Alias | undefined;
  visit(yaml.document, {
    Alias: (_, alias) => {
      if (alias.source !== anchor || alias.resolve(yaml.document) !== node) return undefined;
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

/** A mapping on the way, and the columns of those it stands in. */
export type Place = { readonly map: YAMLMap; readonly columns: readonly number[] };

/** The place of a mapping that may be changed. Refuses what is none, or is used elsewhere. */
export function placeOf(yaml: YamlText, node: unknown, columns: readonly number[]): Place {
  if (isNode(node)) refuseShared(yaml, node);
  if (!isMap(node)) return yaml.refuse(offsetOf(node), 'a mapping is wanted here');
  const block = !isFlow(node) && node.items.length > 0;
  return { map: node, columns: block ? [...columns, columnOf(yaml, node)] : columns };
}
