/** Nodes of the `yaml` package as ours. */
import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Scalar,
} from 'yaml';
import { resolvePlain } from '../inventory/ansible-yaml.ts';
import type { Entry, Range, ScalarNode, ScalarStyle, YamlNode } from './node.ts';

/** How deep lists and mappings may stand in one another: what reads them is recursive. */
export const MAX_DEPTH = 200;

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

const CORE = 'tag:yaml.org,2002:';

/** Those that Ansible’s loader has a constructor for (ansible-core 2.14); it reads no others. */
const KNOWN_TAGS = new Set([
  ...['!', '!unsafe', '!vault', '!vault-encrypted', `${CORE}python/unicode`],
  ...['null', 'bool', 'int', 'float', 'binary', 'timestamp'].map((name) => `${CORE}${name}`),
  ...['omap', 'pairs', 'set', 'str', 'seq', 'map'].map((name) => `${CORE}${name}`),
]);

/** Where a tag stands before the value that begins at `before`. */
function writtenTag(text: string, tag: string, before: number): Range | undefined {
  const written = tag.startsWith(CORE) ? `!!${tag.slice(CORE.length)}` : tag;
  const start = text.lastIndexOf(written, before);
  return start === -1 ? undefined : { start, end: start + written.length };
}

/**
 * Converts the nodes of one text. `isUnreadable` says where its text was passed over.
 */
export function converter(
  text: string,
  isUnreadable: (start: number, end: number) => boolean,
  onUnknown: (what: 'alias' | 'tag', range: Range) => void,
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
      if (target === undefined) onUnknown('alias', { start, end });
      return {
        kind: 'alias',
        start,
        end,
        name: node.source,
        ...(target === undefined ? {} : { target }),
      };
    }
    const tag = 'tag' in node && typeof node.tag === 'string' ? { tag: node.tag } : {};
    if (tag.tag !== undefined && !KNOWN_TAGS.has(tag.tag)) {
      onUnknown('tag', writtenTag(text, tag.tag, start) ?? { start, end });
    }
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
