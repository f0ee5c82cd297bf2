/**
 * Moving a host into a group of the same text: its lines stand there as they were written, only
 * their indentation follows their new place.
 */
import { isMap, visit } from 'yaml';
import { valueOf } from '../formats/inventory/ansible-yaml.ts';
import { applyEdits, composeEdits, type TextEdit } from '../formats/text-edit.ts';
import { setYamlEntries } from '../formats/yaml-edit.ts';
import { equalValues } from '../formats/yaml-expect.ts';
import {
  endOfPair,
  isFlow,
  lineEnd,
  lineStart,
  nextLine,
  offsetOf,
  openYaml,
  pairOf,
  separator,
  type MapPair,
  type YamlText,
} from '../formats/yaml-place.ts';
import { addHost, hostPlaces, type HostPlace } from './edit.ts';

/**
 * Moves a host that is in no group but `all` and `ungrouped`. Throws YamlEditError, naming the
 * line, where that is not safe: for a host of a range, or one that stands in several places.
 */
export function moveHost(text: string, host: string, group: string): TextEdit[] {
  const from = openYaml(text);
  const { path } = soleEntry(from, host);
  const entry = pairAt(from, path);
  const edits = composeEdits(text, [
    (current) => addHost(current, { group, name: host, vars: {} }),
    (current) => {
      const yaml = openYaml(current);
      const target = hostPlaces(yaml).find(
        (place) => place.hosts.includes(host) && !samePath(place.path, path),
      );
      if (target === undefined) return yaml.refuse(0, `there is no place for ${host}`);
      return [writeEntry(from, entry, yaml, pairAt(yaml, target.path))];
    },
    (current) => {
      refuseEarlyAlias(openYaml(current), host);
      return setYamlEntries(current, path.slice(0, -1), { [host]: undefined });
    },
  ]);
  const after = openYaml(applyEdits(text, edits));
  const moved = soleEntry(after, host);
  if (!equalValues(valueAt(from, path), valueAt(after, moved.path))) {
    from.refuse(offsetOf(entry.pair.key), `${host} would not be the same elsewhere`);
  }
  return edits;
}

/** The one place where a host stands. */
function soleEntry(yaml: YamlText, host: string): HostPlace {
  const places = hostPlaces(yaml).filter(({ hosts }) => hosts.includes(host));
  const [place, second] = places;
  if (place === undefined) return yaml.refuse(0, `the host ${host} is not in this file`);
  if (place.hosts.length > 1) {
    yaml.refuse(place.offset, `${host} is one of the range “${place.path.at(-1) ?? ''}”`);
  }
  if (second !== undefined) yaml.refuse(second.offset, `${host} stands in several places`);
  return place;
}

type Entry = { readonly pair: MapPair; readonly isFlow: boolean };

function pairAt(yaml: YamlText, path: readonly string[]): Entry {
  const map = yaml.document.getIn(path.slice(0, -1));
  const pair = isMap(map) ? pairOf(yaml, map, path.at(-1) ?? '') : undefined;
  if (!isMap(map) || pair === undefined) return yaml.refuse(0, 'the host is not where it was');
  return { pair, isFlow: isFlow(map) };
}

/** The bare key that stands for the host in its new place gives way to the entry. */
function writeEntry(from: YamlText, entry: Entry, yaml: YamlText, target: Entry): TextEdit {
  const start = offsetOf(target.pair.key);
  const key = offsetOf(entry.pair.key);
  const source = from.text.slice(key, endOfPair(entry.pair));
  if (target.isFlow) {
    if (/[\r\n]/.test(source)) {
      yaml.refuse(start, 'the hosts of the group stand on one line, and these lines don’t fit');
    }
    const behind = from.text.slice(endOfPair(entry.pair), nextLine(from, endOfPair(entry.pair)));
    if (!entry.isFlow && behind.includes('#')) {
      yaml.refuse(start, 'the hosts of the group stand on one line, and the comment doesn’t fit');
    }
    return { start, end: endOfPair(target.pair), text: source };
  }
  if (entry.isFlow) {
    const colon = separator(entry.pair).some(({ type }) => type === 'map-value-ind') ? '' : ':';
    return { start, end: endOfPair(target.pair), text: `${source}${colon}` };
  }
  const end = nextLine(from, endOfPair(entry.pair));
  const lines = from.text.slice(lineStart(from.text, key), end);
  const indented = indent(lines, columnOfOffset(yaml, start) - columnOfOffset(from, key));
  const isEnded = /\n$/.test(indented);
  const to = nextLine(yaml, endOfPair(target.pair));
  const wantsEnd = /\n$/.test(yaml.text.slice(0, to));
  const block =
    isEnded === wantsEnd
      ? indented
      : wantsEnd
        ? indented + lineEnd(yaml.text, start)
        : indented.replace(/\r?\n$/, '');
  return { start: lineStart(yaml.text, start), end: to, text: block };
}

function columnOfOffset({ text }: YamlText, offset: number): number {
  return offset - lineStart(text, offset);
}

/** Empty lines stay empty; no line has fewer spaces than it is to lose, or YAML is not the same. */
function indent(lines: string, by: number): string {
  if (by >= 0) return lines.replace(/^(?=[^\r\n])/gm, ' '.repeat(by));
  return lines.replace(new RegExp(`^ {1,${-by}}`, 'gm'), '');
}

/** An alias stands behind its anchor, and the entry may now stand before it. */
function refuseEarlyAlias(yaml: YamlText, host: string): void {
  visit(yaml.document, {
    Alias: (_, alias) => {
      if (alias.resolve(yaml.document) === undefined) {
        yaml.refuse(offsetOf(alias), `${host} would stand before the anchor &${alias.source}`);
      }
    },
  });
}

function valueAt(yaml: YamlText, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value instanceof Map ? value.get(key) : undefined),
    valueOf(yaml.document),
  );
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
