/**
 * Edits of YAML by source ranges. The document is never written anew: comments, order, quotes,
 * anchors, numbers, line ends and indentation outside of an edit stay as they are. Each edit is
 * tried on the text and parsed again before it is handed out; one that would say anything else
 * than what was meant is refused, naming the line.
 */
import { isMap, isNode, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { valueOf } from './inventory/ansible-yaml.ts';
import { applyEdits, composeEdits, type TextEdit } from './text-edit.ts';
import { changed, equalValues, expectedOf } from './yaml-expect.ts';
import { removeYamlEntry } from './yaml-remove.ts';
import {
  placeOf,
  endOfPair,
  endOfSeparator,
  indentStep,
  isFlow,
  isNull,
  lineEnd,
  lineStart,
  nextLine,
  offsetOf,
  openYaml,
  pairOf,
  refuseShared,
  separator,
  type MapPair,
  type Place,
  type YamlText,
} from './yaml-place.ts';
import {
  blockEntry,
  flowEntry,
  isList,
  isMapping,
  writeFlow,
  writeScalar,
  type Quotes,
  type YamlEntries,
  type YamlMapping,
  type YamlScalar,
  type YamlValue,
} from './yaml-write.ts';

export { YamlEditError } from './yaml-place.ts';

/**
 * Sets entries of the mapping at `path` (keys from the root), which is created where it is not
 * there. An entry that already has the value is left alone. Throws YamlEditError.
 */
export function setYamlEntries(
  text: string,
  path: readonly string[],
  entries: YamlEntries,
): TextEdit[] {
  return setYamlEntriesOf(text, [{ path, entries }]);
}

/** Entries of the mapping at a path. */
export type YamlTarget = { readonly path: readonly string[]; readonly entries: YamlEntries };

/**
 * As setYamlEntries, for several mappings at once. Where they don't touch each other the text is
 * parsed once for all of them; else they are set one after the other.
 */
export function setYamlEntriesOf(text: string, targets: readonly YamlTarget[]): TextEdit[] {
  const edits = setApart(text, targets) ?? setInTurn(text, targets);
  verify(text, edits, targets);
  return edits;
}

/** Undefined unless each mapping is there already and gets values only. */
function setApart(text: string, targets: readonly YamlTarget[]): TextEdit[] | undefined {
  if (targets.length < 2) return undefined;
  const yaml = openYaml(text);
  const paths = new Set(targets.map(({ path }) => JSON.stringify(path)));
  if (paths.size < targets.length) return undefined;
  const edits: TextEdit[] = [];
  for (const { path, entries } of targets) {
    const set = valuesOf(entries);
    if (Object.keys(set).length < Object.keys(entries).length) return undefined;
    const there: unknown = yaml.document.getIn(path);
    if (!isMap(there) || there.items.length === 0) return undefined;
    edits.push(...setEntriesIn(yaml, path, set));
  }
  return edits;
}

function setInTurn(text: string, targets: readonly YamlTarget[]): TextEdit[] {
  if (targets.length === 1) return targets.flatMap(({ path, entries }) => set(text, path, entries));
  return composeEdits(
    text,
    targets.map(
      ({ path, entries }) =>
        (current: string) =>
          setYamlEntries(current, path, entries),
    ),
  );
}

function valuesOf(entries: YamlEntries): YamlMapping {
  return Object.fromEntries(
    Object.entries(entries).filter((entry): entry is [string, YamlValue] => entry[1] !== undefined),
  );
}

function set(text: string, path: readonly string[], entries: YamlEntries): TextEdit[] {
  const all = Object.entries(entries);
  const removed = all.filter(([, value]) => value === undefined).map(([key]) => key);
  const values = valuesOf(entries);
  if (removed.length === 0) return setEntries(text, path, values);
  return composeEdits(text, [
    ...removed.map((key) => (current: string) => removeYamlEntry(current, path, key)),
    (current) => setEntries(current, path, values),
  ]);
}

function verify(text: string, edits: readonly TextEdit[], targets: readonly YamlTarget[]): void {
  if (edits.length === 0) return;
  const before = openYaml(text);
  const expected = targets.reduce<unknown>(
    (value, { path, entries }) => expectedOf(value, path, entries),
    valueOf(before.document),
  );
  const after = openYaml(applyEdits(text, edits));
  if (!equalValues(valueOf(after.document), expected)) {
    before.refuse(edits[0]?.start ?? 0, 'this place can’t be changed without changing others');
  }
}

function setEntries(text: string, path: readonly string[], entries: YamlMapping): TextEdit[] {
  if (Object.keys(entries).length === 0 && path.length === 0) return [];
  return setEntriesIn(openYaml(text), path, entries);
}

function setEntriesIn(yaml: YamlText, path: readonly string[], entries: YamlMapping): TextEdit[] {
  const root = yaml.document.contents;
  if (isNull(root)) return insertAtEnd(yaml, nest(path, entries));
  let place = placeOf(yaml, root, []);
  for (const [depth, key] of path.entries()) {
    const rest = path.slice(depth + 1);
    const pair = pairOf(yaml, place.map, key);
    if (pair === undefined) {
      refuseMerged(yaml, place.map, key);
      return insertEntries(yaml, place, { [key]: nest(rest, entries) });
    }
    if (isNull(pair.value) || isEmptyBraces(yaml, place, pair))
      return fillNull(yaml, place, pair, nest(rest, entries));
    place = placeOf(yaml, pair.value, place.columns);
  }
  const edits: TextEdit[] = [];
  const added: Record<string, YamlValue> = {};
  for (const [key, value] of Object.entries(entries)) {
    const pair = pairOf(yaml, place.map, key);
    if (pair === undefined) added[key] = value;
    else edits.push(...replaceValue(yaml, place, pair, value));
  }
  return Object.keys(added).length === 0 ? edits : [...edits, ...insertEntries(yaml, place, added)];
}

/** `hosts: {}` on a line of a block stands for “nothing yet”; what comes is written as lines. */
function isEmptyBraces(yaml: YamlText, { map }: Place, { value }: MapPair): boolean {
  if (isFlow(map) || !isMap(value) || value.items.length > 0) return false;
  const [start, end] = value.range ?? [0, 0];
  return /^\{ *\}$/.test(yaml.text.slice(start, end));
}

function nest(path: readonly string[], entries: YamlMapping): YamlMapping {
  return path.reduceRight<YamlMapping>((inner, key) => ({ [key]: inner }), entries);
}

/** `<<` may bring the key: writing it here would hide all that comes with it. */
function refuseMerged(yaml: YamlText, map: YAMLMap, key: string): void {
  const value: unknown = map.toJS(yaml.document, { mapAsMap: true });
  if (value instanceof Map && value.has(key)) {
    yaml.refuse(offsetOf(map), `“${key}” comes from an alias, by “<<”`);
  }
}

function insertAtEnd(yaml: YamlText, entries: YamlMapping): TextEdit[] {
  const { text, document } = yaml;
  if (document.contents !== null && isNode(document.contents)) {
    const source = text.slice(document.contents.range[0], document.contents.range[1]);
    if (source !== '')
      yaml.refuse(document.contents.range[0], `“${source}” stands for nothing here`);
  }
  const ending = /^\.\.\.(?=\s|$)/m.exec(text);
  const at = ending?.index ?? text.length;
  const lines = Object.entries(entries).flatMap(([key, value]) => blockEntry(key, value, 0, 2));
  return [insertLines(text, at, lines)];
}

/** Lines at the beginning of the line at `at`, or behind a last line that has no line end. */
function insertLines(text: string, at: number, lines: readonly string[]): TextEdit {
  const newline = lineEnd(text, at);
  const isStart = at === 0 || at === lineStart(text, at);
  const block = isStart
    ? lines.map((line) => line + newline).join('')
    : lines.map((line) => newline + line).join('');
  return { start: at, end: at, text: block };
}

function quotesOf(map: YAMLMap): Quotes {
  const isJson =
    map.items.length > 0 &&
    map.items.every(({ key }) => isScalar(key) && key.type === 'QUOTE_DOUBLE');
  return isJson ? 'double' : 'plain';
}

function insertEntries(yaml: YamlText, { map, columns }: Place, entries: YamlMapping): TextEdit[] {
  const last = map.items.at(-1);
  if (isFlow(map) || last === undefined) {
    const quotes = quotesOf(map);
    const written = Object.entries(entries)
      .map(([key, value]) => flowEntry(key, value, quotes))
      .join(', ');
    const at = last === undefined ? offsetOf(map) + 1 : endOfPair(last);
    // PyYAML takes the colon of `{pi1:,` for a part of the name.
    const comma = yaml.text.charAt(at - 1) === ':' ? ' , ' : ', ';
    return [{ start: at, end: at, text: last === undefined ? written : comma + written }];
  }
  const column = columns.at(-1) ?? 0;
  const step = indentStep(yaml, columns);
  const lines = Object.entries(entries).flatMap(([key, value]) =>
    blockEntry(key, value, column, step),
  );
  return [insertLines(yaml.text, nextLine(yaml, endOfPair(last)), lines)];
}

/** Gives a value to `key:`, `key: ~`, `key: null` or `key: {}`. */
function fillNull(yaml: YamlText, place: Place, pair: MapPair, value: YamlValue): TextEdit[] {
  if (isMapping(value) && Object.keys(value).length === 0) return [];
  const colon = endOfSeparator(pair);
  if (separator(pair).some(({ type }) => type === 'anchor' || type === 'tag')) {
    yaml.refuse(offsetOf(pair.key), 'the empty value has an anchor or a tag');
  }
  const written = isNode(pair.value) ? pair.value.range : undefined;
  const end = written?.[1] ?? 0;
  const hasWord = written !== undefined && written !== null && written[0] < end;
  if (colon === undefined) {
    if (!isFlow(place.map)) yaml.refuse(offsetOf(pair.key), 'the key has no colon behind it');
    const at = endOfPair(pair);
    return [{ start: at, end: at, text: `: ${writeFlow(value, quotesOf(place.map))}` }];
  }
  if (isFlow(place.map) || !isMapping(value)) {
    const text = ` ${writeFlow(value, quotesOf(place.map))}`;
    return [{ start: colon, end: hasWord ? end : colon, text }];
  }
  const column = place.columns.at(-1) ?? 0;
  const step = indentStep(yaml, place.columns);
  const lines = Object.entries(value).flatMap(([key, item]) =>
    blockEntry(key, item, column + step, step),
  );
  const insertion = insertLines(yaml.text, nextLine(yaml, hasWord ? end : colon), lines);
  return hasWord ? [{ start: colon, end, text: '' }, insertion] : [insertion];
}

function replaceValue(yaml: YamlText, place: Place, pair: MapPair, value: YamlValue): TextEdit[] {
  const node = isNode(pair.value) ? pair.value : null;
  if (node !== null && equalValues(node.toJS(yaml.document, { mapAsMap: true }), changed(value))) {
    return [];
  }
  if (node === null || isNull(node)) return fillNull(yaml, place, pair, value);
  refuseShared(yaml, node);
  const tag = separator(pair).find(({ type }) => type === 'tag');
  if (tag !== undefined) yaml.refuse(tag.offset, `the value has a tag (${tag.source})`);
  if (isMapping(value)) {
    const [first] = Object.keys(value);
    return yaml.refuse(
      offsetOf(node),
      `“${first ?? ''}” can’t be set: there is another value here`,
    );
  }
  if (isScalar(node) && typeof node.value === 'string' && /\{[{%#]/.test(node.value)) {
    yaml.refuse(offsetOf(node), 'the value is a template; it is for a person to change');
  }
  if (isSeq(node) && isList(value)) {
    const more = addedItems(node, value);
    if (more !== undefined) return appendItems(yaml, node, more, quotesOf(place.map));
  }
  return [overwrite(yaml, place, pair, node, value)];
}

function overwrite(
  yaml: YamlText,
  place: Place,
  pair: MapPair,
  node: Node,
  value: YamlScalar | readonly YamlScalar[],
): TextEdit {
  const quotes = styleOf(node) ?? quotesOf(place.map);
  const written = isList(value) ? writeFlow(value, quotes) : writeScalar(value, quotes);
  const end = endOfPair(pair);
  const isBlock = (isMap(node) || isSeq(node)) && !isFlow(node);
  const start = isBlock ? (endOfSeparator(pair) ?? offsetOf(node)) : offsetOf(node);
  const old = yaml.text.slice(start, end);
  if (isBlock && /(?:^|\s)#/.test(old)) {
    yaml.refuse(offsetOf(node), 'the value has comments within, which would be lost');
  }
  const tail = /\r?\n$/.exec(old)?.[0] ?? '';
  return { start, end, text: `${isBlock ? ' ' : ''}${written}${tail}` };
}

function styleOf(node: Node): Quotes | undefined {
  if (!isScalar(node)) return undefined;
  if (node.type === 'QUOTE_DOUBLE') return 'double';
  return node.type === 'QUOTE_SINGLE' ? 'single' : undefined;
}

/** What comes after the items that are there already; undefined if those are not kept. */
function addedItems(
  node: YAMLSeq,
  value: readonly YamlScalar[],
): readonly YamlScalar[] | undefined {
  const kept = node.items.every((item, index) => isScalar(item) && item.value === value[index]);
  const isLonger = node.items.length > 0 && value.length > node.items.length;
  return kept && isLonger ? value.slice(node.items.length) : undefined;
}

function appendItems(
  yaml: YamlText,
  node: YAMLSeq,
  items: readonly YamlScalar[],
  fallback: Quotes,
): TextEdit[] {
  const last = node.items.at(-1);
  if (!isNode(last)) return yaml.refuse(offsetOf(node), 'the list ends in no value');
  const quotes = styleOf(last) ?? fallback;
  const end = last.range?.[1] ?? 0;
  if (isFlow(node)) {
    const text = items.map((item) => `, ${writeScalar(item, quotes)}`).join('');
    return [{ start: end, end, text }];
  }
  const dash = node.range?.[0] ?? 0;
  const margin = ' '.repeat(dash - lineStart(yaml.text, dash));
  const lines = items.map((item) => `${margin}- ${writeScalar(item, quotes)}`);
  return [insertLines(yaml.text, nextLine(yaml, end), lines)];
}
