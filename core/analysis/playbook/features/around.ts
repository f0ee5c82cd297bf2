/** What stands at an offset of a document: the play, the task, the keyword or option. */
import type { Action, Task } from '../../../formats/playbook/model.ts';
import { resolved, type Entry, type Range, type YamlNode } from '../../../formats/playbook/node.ts';
import type { PlacedItem, PlaybookItem } from '../../../formats/playbook/split.ts';
import type { PlaybookFacts } from '../facts.ts';
import { optionsOf, type KnownOption } from '../knowledge.ts';
import { knownCall, tasksIn } from '../tasks.ts';

export type Around = {
  readonly item: PlaybookItem;
  /** Where the item begins; all ranges here count from it. */
  readonly start: number;
  readonly task?: Task;
  readonly action?: Action;
  /** A key of the play or of the task, and whether the offset is on it (not on its value). */
  readonly keyword?: {
    readonly entry: Entry;
    readonly level: 'play' | 'task';
    readonly onKey: boolean;
  };
  readonly onModule: boolean;
  readonly option?: {
    readonly known: KnownOption | undefined;
    readonly name: string;
    readonly key: Range;
    readonly value: YamlNode;
    readonly onKey: boolean;
    readonly owner: string;
  };
};

const has = ({ start, end }: Range, at: number): boolean => start <= at && at <= end;

export function itemAt({ items }: PlaybookFacts, offset: number): PlacedItem | undefined {
  return items.findLast(({ start, item }) => start <= offset && offset <= start + item.text.length);
}

export function around(facts: PlaybookFacts, offset: number): Around | undefined {
  const placed = itemAt(facts, offset);
  if (placed === undefined) return undefined;
  const { item, start } = placed;
  const at = offset - start;
  const base = { item, start, onModule: false };
  const tasks = tasksIn(item).filter((task) => has(task, at));
  const task = tasks.at(-1);
  if (task === undefined) {
    for (const { entries } of item.plays) {
      const entry = entryAt(entries, at);
      if (entry !== undefined) {
        return { ...base, keyword: { entry, level: 'play', onKey: has(entry.key, at) } };
      }
    }
    return base;
  }
  for (const action of task.actions) {
    const { entry } = action;
    if (!has(entry.key, at) && !has(entry.value, at)) continue;
    const found = { ...base, task, action };
    if (has(action.nameRange, at)) return { ...found, onModule: true };
    const option = optionAt(facts, task, at);
    return option === undefined ? found : { ...found, option };
  }
  const entry = entryAt([...task.keywords.values()], at);
  if (entry === undefined) return { ...base, task };
  return { ...base, task, keyword: { entry, level: 'task', onKey: has(entry.key, at) } };
}

function entryAt(entries: readonly Entry[], at: number): Entry | undefined {
  return entries.find(({ key, value }) => has(key, at) || has(value, at));
}

function optionAt(facts: PlaybookFacts, task: Task, at: number): Around['option'] {
  const call = knownCall(task, facts.knowledge);
  if (call === undefined) return undefined;
  const owner = call.meaning.name;
  for (const { name, key, value } of call.action.args.options) {
    if (!has(key, at) && !has(value, at)) continue;
    const known = call.meaning.options.get(name);
    const inner =
      known === undefined || has(key, at)
        ? undefined
        : within(known, value, at, `${owner}.${name}`);
    return inner ?? { known, name, key, value, onKey: has(key, at), owner };
  }
  return undefined;
}

function within(parent: KnownOption, node: YamlNode, at: number, owner: string): Around['option'] {
  if (parent.facts.options === undefined) return undefined;
  const value = resolved(node);
  const maps = value.kind === 'sequence' ? value.items.map(resolved) : [value];
  for (const map of maps) {
    if (map.kind !== 'map' || !has(map, at)) continue;
    const entry = entryAt(map.entries, at);
    if (entry === undefined) continue;
    const known = optionsOf(parent.facts).get(entry.name);
    const onKey = has(entry.key, at);
    const inner =
      known === undefined || onKey
        ? undefined
        : within(known, entry.value, at, `${owner}.${entry.name}`);
    return inner ?? { known, name: entry.name, key: entry.key, value: entry.value, onKey, owner };
  }
  return undefined;
}
