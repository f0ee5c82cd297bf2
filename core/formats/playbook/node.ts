/**
 * YAML as Ansible’s documents use it: nodes with ranges. Ranges count from the beginning of the
 * text that was parsed, which is an item of a document (see split.ts), in UTF-16 code units.
 */

export type Range = { readonly start: number; readonly end: number };

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

/** What PyYAML makes of a scalar. An integer that a double can’t hold stays text. */
export type ScalarValue = string | number | boolean | null;

export type ScalarNode = Range & {
  readonly kind: 'scalar';
  readonly style: ScalarStyle;
  /** The content: without quotes, escapes and folds. Empty where nothing is written. */
  readonly text: string;
  readonly value: ScalarValue;
  /** As written: `!vault`, `!unsafe`. */
  readonly tag?: string;
  /** Its text was not YAML and was passed over: nothing is known of it. */
  readonly unreadable?: true;
};

export type Entry = {
  readonly key: YamlNode;
  /** The key as text; empty where it is no scalar. */
  readonly name: string;
  /** An empty scalar where nothing is written. */
  readonly value: YamlNode;
};

export type MapNode = Range & {
  readonly kind: 'map';
  /** Written with braces. */
  readonly flow: boolean;
  readonly entries: readonly Entry[];
  readonly tag?: string;
};

export type SequenceNode = Range & {
  readonly kind: 'sequence';
  /** Written with brackets. */
  readonly flow: boolean;
  readonly items: readonly YamlNode[];
  readonly tag?: string;
};

export type AliasNode = Range & {
  readonly kind: 'alias';
  readonly name: string;
  /** What the anchor stands on; absent where there is none. */
  readonly target?: YamlNode;
};

export type YamlNode = ScalarNode | MapNode | SequenceNode | AliasNode;

/** The node, or what an alias stands for. */
export function resolved(node: YamlNode): YamlNode {
  return node.kind === 'alias' && node.target !== undefined ? node.target : node;
}

/** The last entry of a name: the one that counts. */
export function entryOf(map: MapNode, name: string): Entry | undefined {
  return map.entries.findLast((entry) => entry.name === name);
}

/** The value of the last entry of a name. */
export function childOf(node: YamlNode | undefined, name: string): YamlNode | undefined {
  const map = node === undefined ? undefined : resolved(node);
  return map?.kind === 'map' ? entryOf(map, name)?.value : undefined;
}

/** The content of a scalar; undefined for anything else, and for what can’t be read. */
export function textOf(node: YamlNode | undefined): string | undefined {
  const scalar = node === undefined ? undefined : resolved(node);
  return scalar?.kind === 'scalar' && scalar.unreadable !== true ? scalar.text : undefined;
}

/** True for `key:`, `key: ~` and `key: null`. */
export function isEmpty(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null && node.unreadable !== true;
}

/** True where Ansible will compute the value: nothing is known of it before a run. */
export function isTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%') || text.includes('{#');
}

/** The items of a list; a single value counts as a list of one, nothing as none. */
export function listOf(node: YamlNode | undefined): readonly YamlNode[] {
  if (node === undefined) return [];
  const list = resolved(node);
  if (list.kind === 'sequence') return list.items;
  return isEmpty(list) ? [] : [list];
}

/** The node and all below it, in the order of the text; not what aliases stand for. */
export function* nodesOf(node: YamlNode): Generator<YamlNode> {
  yield node;
  if (node.kind === 'sequence') {
    for (const item of node.items) yield* nodesOf(item);
  } else if (node.kind === 'map') {
    for (const entry of node.entries) {
      yield* nodesOf(entry.key);
      yield* nodesOf(entry.value);
    }
  }
}
