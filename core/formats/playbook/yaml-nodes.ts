/**
 * Parses a text, or an item of one, into nodes. A fault does not end the reading: what its cause
 * spoils is blanked out and the rest is read again, so that each fault is told, once.
 */
import {
  Composer,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  Parser,
  Schema,
  type Document,
  type Node,
  type ParsedNode,
  type Scalar,
  type YAMLError,
} from 'yaml';
import { resolvePlain } from '../inventory/ansible-yaml.ts';
import type { Entry, Range, ScalarNode, ScalarStyle, YamlNode } from './node.ts';
import { readPlainBlock } from './plain-block.ts';
import { certainCauses, generalCause, likelyCause, type YamlFault } from './yaml-faults.ts';
import { scanLines, type Line } from './yaml-lines.ts';

export type YamlNodes = {
  /** Of each document of the text; a document without content is none. */
  readonly roots: readonly YamlNode[];
  readonly faults: readonly YamlFault[];
};

/** Tags are kept as they are written, and plain words are resolved as PyYAML does. */
const SCHEMA = new Schema({ schema: 'failsafe' });

/** Each turn repairs at least one place; texts with more faults than this are not read further. */
const MAX_TURNS = 8;

/** Never throws; a text that can’t be read has no roots. */
export function parseYamlNodes(text: string): YamlNodes {
  const plain = readPlainBlock(text);
  return plain === undefined ? parseFully(text) : { roots: [plain], faults: [] };
}

/** The same by the parser alone. */
export function parseFully(text: string): YamlNodes {
  if (isTooDeep(text)) return tooDeep(text);
  try {
    return parseRepaired(text);
  } catch (error) {
    // The stack of the parser ended; texts that do this are not written by people.
    if (error instanceof RangeError) return tooDeep(text);
    throw error;
  }
}

function tooDeep(text: string): YamlNodes {
  const detail = 'it is nested too deeply';
  return { roots: [], faults: [{ cause: 'syntax', start: 0, end: text.length, detail }] };
}

function parseRepaired(text: string): YamlNodes {
  const faults: YamlFault[] = [];
  // A byte order mark before the text would move its first line.
  let current = text.startsWith('\uFEFF') ? `\n${text.slice(1)}` : text;
  for (let turn = 0; ; turn++) {
    const documents = compose(current);
    const errors = documents.flatMap((document) => document.errors);
    const isSound =
      errors.length === 0 && !(BRACES.test(current) && documents.some(hasBracesAsKey));
    const repaired = isSound || turn === MAX_TURNS ? current : repair(current, errors[0], faults);
    if (repaired === current) {
      const { roots, unknown } = rootsOf(documents, current, faults);
      return { roots, faults: inOrder([...faults, ...unknown]) };
    }
    current = repaired;
  }
}

const MAX_DEPTH = 200;

/** The parser and what reads its nodes are recursive: brackets and dashes without end would end them. */
function isTooDeep(text: string): boolean {
  if (/(?:[-?] +){200}/.test(text)) return true;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 91 || char === 123) {
      if (++depth > MAX_DEPTH) return true;
    } else if ((char === 93 || char === 125) && depth > 0) depth--;
  }
  return false;
}

/** The text with what stands in the way passed over; what people have to change goes to `faults`. */
function repair(text: string, error: YAMLError | undefined, faults: YamlFault[]): string {
  const lines = scanLines(text);
  const joined = joinLines(text, lines);
  if (joined !== text) return joined;
  const found = certainCauses(text, lines);
  if (found.length === 0) {
    const likely = likelyCause(text, lines);
    if (likely !== undefined) found.push(likely);
    else if (error !== undefined) {
      found.push(generalCause(text, error.pos[0], error.code, error.message));
    }
    // What is guessed from the surroundings may follow from what was told already.
    if (faults.length === 0) faults.push(...found);
  } else {
    const told = new Set(faults.map(({ start }) => lineStart(text, start)));
    faults.push(...found.filter(({ start }) => !told.has(lineStart(text, start))));
  }
  return found.reduce(blank, text);
}

const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/**
 * Ansible reads quotes and brackets over several lines however those are indented; the parser used
 * here does not, so such a value is put on one line of the same length.
 */
function joinLines(text: string, lines: readonly Line[]): string {
  let joined = text;
  for (const { spread } of lines) {
    if (spread === undefined) continue;
    const inner = text.slice(spread.start, spread.end).replace(/[\r\n\t]/g, ' ');
    joined = joined.slice(0, spread.start) + inner + joined.slice(spread.end);
  }
  return joined;
}

/** The text with what a fault spoils replaced by a text of the same length. */
function blank(text: string, fault: YamlFault): string {
  if (fault.repair === undefined) return text;
  const { start, end, by } = fault.repair;
  const filled = text.slice(start, end).replace(/[^\r\n]/g, by);
  return text.slice(0, start) + filled + text.slice(end);
}

const inOrder = (faults: readonly YamlFault[]): YamlFault[] =>
  faults.toSorted((a, b) => a.start - b.start);

function compose(text: string): Document.Parsed[] {
  const composer = new Composer<ParsedNode, true>({
    version: '1.1',
    schema: SCHEMA,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  return [...composer.compose(new Parser().parse(text), false, text.length)];
}

const BRACES = /\{\s*\{/;

/** `{{ x }}` without quotes is, to YAML, a mapping whose key is a mapping. */
function hasBracesAsKey(document: Document.Parsed): boolean {
  const waiting: unknown[] = [document.contents];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (isMap(node)) {
      for (const pair of node.items) {
        if (node.flow === true && isMap(pair.key) && pair.key.flow === true) return true;
        waiting.push(pair.value);
      }
    } else if (isSeq(node)) {
      waiting.push(...node.items);
    }
  }
  return false;
}

function rootsOf(
  documents: readonly Document.Parsed[],
  text: string,
  faults: readonly YamlFault[],
): { readonly roots: YamlNode[]; readonly unknown: YamlFault[] } {
  const unknown: YamlFault[] = [];
  const unreadable = faults.flatMap(({ repair }) =>
    repair === undefined || repair.by === ' ' ? [] : [repair],
  );
  const convert = converter(
    text,
    (start, end) => unreadable.some((range) => range.start < end && start < range.end),
    (range) => unknown.push({ cause: 'unknown-alias', ...range }),
  );
  const roots = documents.flatMap(({ contents }) =>
    contents === null || (isScalar(contents) && isEmptyScalar(contents)) ? [] : [convert(contents)],
  );
  return { roots, unknown };
}

const isEmptyScalar = (node: Scalar): boolean => node.range?.[0] === node.range?.[1];

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

function converter(
  text: string,
  isUnreadable: (start: number, end: number) => boolean,
  onUnknownAlias: (range: Range) => void,
): (node: Node) => YamlNode {
  const anchors = new Map<string, YamlNode>();

  let depth = 0;

  const convert = (node: Node): YamlNode => {
    // What a broken text seems to nest is of no use, and rules are recursive, too.
    if (depth > MAX_DEPTH) return emptyAt(node.range?.[0] ?? 0);
    depth++;
    const converted = convertOnly(node);
    depth--;
    const anchor = isScalar(node) || isCollection(node) ? node.anchor : undefined;
    if (anchor !== undefined) anchors.set(anchor, converted);
    return converted;
  };

  const convertOnly = (node: Node): YamlNode => {
    const start = node.range?.[0] ?? 0;
    const end = node.range?.[1] ?? start;
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) onUnknownAlias({ start, end });
      return {
        kind: 'alias',
        start,
        end,
        name: node.source,
        ...(target === undefined ? {} : { target }),
      };
    }
    const tag = 'tag' in node && typeof node.tag === 'string' ? { tag: node.tag } : {};
    if (isMap(node)) {
      const entries = node.items.map((pair) => entry(pair.key, pair.value, start));
      const last = entries.at(-1);
      const flow = node.flow === true;
      return {
        kind: 'map',
        start,
        end: flow || last === undefined ? end : Math.max(last.key.end, last.value.end),
        flow,
        entries,
        ...tag,
      };
    }
    if (isSeq(node)) {
      const flow = node.flow === true;
      const items = node.items.map((item) => listItem(item, start));
      return {
        kind: 'sequence',
        start,
        end: flow ? end : (items.at(-1)?.end ?? end),
        flow,
        items,
        ...tag,
      };
    }
    return isScalar(node) ? scalar(node, start, end, tag) : emptyAt(start);
  };

  const listItem = (item: unknown, start: number): YamlNode => {
    if (isNode(item)) return convert(item);
    // `[a: 1]` is a list of one mapping.
    if (isPair(item)) {
      const only = entry(item.key, item.value, start);
      return {
        kind: 'map',
        start: only.key.start,
        end: only.value.end,
        flow: true,
        entries: [only],
      };
    }
    return emptyAt(start);
  };

  const entry = (keyNode: unknown, valueNode: unknown, start: number): Entry => {
    const key = isNode(keyNode) ? convert(keyNode) : emptyAt(start);
    const value = isNode(valueNode) ? convert(valueNode) : emptyAt(key.end);
    return { key, name: key.kind === 'scalar' ? key.text : '', value };
  };

  const scalar = (
    node: Scalar,
    start: number,
    rangeEnd: number,
    tag: { readonly tag?: string },
  ): ScalarNode => {
    const style = STYLES[node.type ?? 'PLAIN'] ?? 'plain';
    const content = typeof node.value === 'string' ? node.value : (node.source ?? '');
    if (start === rangeEnd && style === 'plain') {
      // Behind its colon or dash, not before the comment that may follow.
      return { ...emptyAt(behindSpaces(text, start)), ...tag };
    }
    const isBlock = style === 'literal' || style === 'folded';
    const end = isBlock ? start + text.slice(start, rangeEnd).trimEnd().length : rangeEnd;
    return {
      kind: 'scalar',
      start,
      end,
      style,
      text: content,
      value: style === 'plain' && tag.tag === undefined ? resolvePlain(content) : content,
      ...tag,
      ...(isUnreadable(start, end) ? { unreadable: true as const } : {}),
    };
  };

  return convert;
}

/** Back over spaces. */
function behindSpaces(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && text.charAt(at - 1) === ' ') at--;
  return at;
}

const emptyAt = (at: number): ScalarNode => ({
  kind: 'scalar',
  start: at,
  end: at,
  style: 'plain',
  text: '',
  value: null,
});
