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
 * Moves a host's entry into a group; `ungrouped` stands for none. `from` is the group whose entry is
 * meant where the host stands in several; what `all` says of it then stays there. Where the group
 * has the host already, an entry without variables just goes. Throws YamlEditError, naming the
 * line, where that is not safe: for a host of a range, or one that stands in several places.
 */
export function moveHost(text: string, host: string, group: string, from?: string): TextEdit[] {
  const yaml = openYaml(text);
  const place = entryToMove(yaml, host, from);
  const { path } = place;
  const before = entriesOf(yaml, host).length;
  const there = entriesOf(yaml, host).find((other) => isOf(other, group));
  if (there !== undefined && samePath(there.path, path)) return [];
  if (there !== undefined) {
    if (place.body !== 'empty') {
      yaml.refuse(there.offset, `${host} stands in ${group} already, and has variables elsewhere`);
    }
    return removal(text, path);
  }
  const entry = pairAt(yaml, path);
  const edits = composeEdits(text, [
    (current) => addHost(current, { group, name: host, vars: {} }),
    (current) => {
      const now = openYaml(current);
      const target = entriesOf(now, host).find((other) => isOf(other, group));
      if (target === undefined) return now.refuse(0, `there is no place for ${host}`);
      return [writeEntry(yaml, entry, now, pairAt(now, target.path))];
    },
    (current) => {
      refuseEarlyAlias(openYaml(current), host);
      return removal(current, path);
    },
  ]);
  const after = openYaml(applyEdits(text, edits));
  const entries = entriesOf(after, host);
  const moved = entries.find((other) => isOf(other, group));
  if (
    moved === undefined ||
    entries.length !== before ||
    !equalValues(valueAt(yaml, path), valueAt(after, moved.path))
  ) {
    yaml.refuse(offsetOf(entry.pair.key), `${host} would not be the same elsewhere`);
  }
  return edits;
}

function removal(text: string, path: readonly string[]): TextEdit[] {
  return setYamlEntries(text, path.slice(0, -1), { [path.at(-1) ?? '']: undefined });
}

function entriesOf(yaml: YamlText, host: string): HostPlace[] {
  return hostPlaces(yaml).filter(({ hosts }) => hosts.includes(host));
}

/** Whether the entry is one of the group: keys from the root end in GROUP, `hosts`, HOST. */
function isOf({ path }: HostPlace, group: string): boolean {
  const own = path.at(-3) ?? '';
  return isNoGroup(group) ? isNoGroup(own) : own === group;
}

function isNoGroup(name: string): boolean {
  return name === 'all' || name === 'ungrouped';
}

/** The one entry that is meant. What stands in a group counts before what `all` says. */
function entryToMove(yaml: YamlText, host: string, from: string | undefined): HostPlace {
  const all = entriesOf(yaml, host);
  const grouped = all.filter((place) => !isOf(place, 'all'));
  const places =
    from !== undefined
      ? all.filter((place) => isOf(place, from))
      : grouped.length > 0
        ? grouped
        : all;
  const [place, second] = places;
  if (place === undefined) {
    const where = from === undefined ? 'in this file' : `in the group ${from} of this file`;
    return yaml.refuse(0, `the host ${host} is not ${where}`);
  }
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
