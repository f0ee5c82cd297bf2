/** What an rpi.yml says, and where. */
import { isMap, isNode, parseDocument, type Document, type Pair } from 'yaml';
import type { Item } from '../document.ts';
import type { TextRange } from '../features.ts';

export type SettingsPath = readonly (string | number)[];

export type RpiYmlFacts = Item & {
  /** Read as core/project/config.ts reads it. */
  readonly document: Document.Parsed;
  /** The values as they are written, without defaults. */
  readonly values: unknown;
  /** Where the value at the path stands; undefined where there is none. */
  readonly valueRange: (path: SettingsPath) => TextRange | undefined;
  readonly keyRange: (path: SettingsPath) => TextRange | undefined;
};

export function readRpiYml(text: string): RpiYmlFacts {
  const document = parseDocument(text, {
    version: '1.1',
    prettyErrors: false,
    logLevel: 'error',
  });
  const readable = document.errors.length === 0;
  const values: unknown = readable ? valuesOf(document) : undefined;
  return {
    text,
    document,
    values,
    valueRange: (path) => rangeOf(path.length === 0 ? document.contents : nodeAt(document, path)),
    keyRange: (path) => rangeOf(pairAt(document, path)?.key),
  };
}

function valuesOf(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    // An alias without its anchor.
    return undefined;
  }
}

function nodeAt(document: Document.Parsed, path: SettingsPath): unknown {
  return document.getIn(path, true);
}

function pairAt(document: Document.Parsed, path: SettingsPath): Pair | undefined {
  const parent = path.length === 1 ? document.contents : nodeAt(document, path.slice(0, -1));
  if (!isMap(parent)) return undefined;
  return parent.items.find(({ key }) => textOf(key) === String(path.at(-1)));
}

function textOf(key: unknown): string {
  const value = typeof key === 'object' && key !== null && 'value' in key ? key.value : key;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function rangeOf(node: unknown): TextRange | undefined {
  if (!isNode(node) || node.range === undefined || node.range === null) return undefined;
  const [start, end] = node.range;
  return { start, end };
}
