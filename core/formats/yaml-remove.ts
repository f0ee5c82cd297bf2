/** Removals from YAML by source ranges; a part of yaml-edit.ts, which checks what they do. */
import type { YAMLMap } from 'yaml';
import type { TextEdit } from './text-edit.ts';
import {
  endOfPair,
  isFlow,
  isNull,
  lineStart,
  nextLine,
  offsetOf,
  openYaml,
  pairOf,
  placeOf,
  type MapPair,
  type YamlText,
} from './yaml-place.ts';

/** Removes a key of the mapping at `path`, with the lines it stands on. Throws YamlEditError. */
export function removeYamlEntry(text: string, path: readonly string[], key: string): TextEdit[] {
  const yaml = openYaml(text);
  let node: unknown = yaml.document.contents;
  for (const step of path) {
    if (isNull(node)) return [];
    const pair = pairOf(yaml, placeOf(yaml, node, []).map, step);
    if (pair === undefined) return [];
    node = pair.value;
  }
  if (isNull(node)) return [];
  const { map } = placeOf(yaml, node, []);
  const pair = pairOf(yaml, map, key);
  if (pair === undefined) return [];
  refuseSharedWithin(yaml, pair);
  return [isFlow(map) ? flowRemoval(map, pair) : blockRemoval(yaml, pair)];
}

/** An anchor that goes would leave its aliases without a value. */
function refuseSharedWithin(yaml: YamlText, pair: MapPair): void {
  const from = offsetOf(pair.key);
  const removed = yaml.text.slice(from, endOfPair(pair));
  for (const [, anchor] of removed.matchAll(/&([^\s,[\]{}]+)/g)) {
    if (anchor === undefined) continue;
    const used = new RegExp(`\\*${anchor.replace(/\W/g, String.raw`\$&`)}(?![^\\s,\\[\\]{}])`);
    if (used.test(yaml.text.slice(endOfPair(pair)))) {
      yaml.refuse(from, `&${anchor}, which stands in it, is used elsewhere`);
    }
  }
}

function flowRemoval(map: YAMLMap, pair: MapPair): TextEdit {
  const index = map.items.indexOf(pair);
  const before = map.items[index - 1];
  const after = map.items[index + 1];
  if (before !== undefined) return { start: endOfPair(before), end: endOfPair(pair), text: '' };
  const start = offsetOf(pair.key);
  return { start, end: after === undefined ? endOfPair(pair) : offsetOf(after.key), text: '' };
}

function blockRemoval(yaml: YamlText, pair: MapPair): TextEdit {
  const key = offsetOf(pair.key);
  const start = lineStart(yaml.text, key);
  if (!/^ *$/.test(yaml.text.slice(start, key))) {
    yaml.refuse(key, 'the entry does not begin on a line of its own');
  }
  return { start, end: nextLine(yaml, endOfPair(pair)), text: '' };
}
