/** The names that mappings of variables define. */
import {
  isEmpty,
  isTemplate,
  listOf,
  resolved,
  textOf,
  type YamlNode,
} from '../../formats/playbook/node.ts';
import { placed, type At } from '../playbook/facts.ts';
import type { DefinitionKind, Extract, Writable } from './extract-types.ts';

/** The names of a mapping of variables, or of a list of such. */
export function defineAll(
  place: Pick<At<unknown>, 'start' | 'item'>,
  node: YamlNode,
  by: DefinitionKind,
  into: Writable<Extract>,
): void {
  const value = resolved(node);
  if (value.kind === 'sequence') {
    for (const item of value.items) defineAll(place, item, by, into);
  } else if (value.kind === 'map') {
    for (const { key, name, value: merged } of value.entries) {
      if (name === '<<') for (const each of listOf(merged)) defineAll(place, each, by, into);
      else define(place, key, by, into, membersIn(merged));
    }
  } else if (!isEmpty(value)) into.definesUnknown = true;
}

export function define(
  place: Pick<At<unknown>, 'start'> | undefined,
  node: YamlNode | undefined,
  by: DefinitionKind,
  into: Writable<Extract>,
  members: readonly string[] = [],
): void {
  const name = textOf(node);
  if (place === undefined || node === undefined || name === undefined) return;
  if (isTemplate(name)) into.definesUnknown = true;
  else {
    into.definitions.push({
      ...placed(node, place.start),
      name: name.trim(),
      by,
      ...(members.length === 0 ? {} : { members }),
    });
  }
}

/** How deep and how many: they are there to be chosen from. */
const DEEPEST = 3;
const MOST_MEMBERS = 60;

/** Keys that can stand behind a dot. */
function membersIn(node: YamlNode): readonly string[] {
  const found: string[] = [];
  const add = (within: YamlNode, prefix: string, depth: number): void => {
    const value = resolved(within);
    if (value.kind !== 'map') return;
    for (const { name, value: below } of value.entries) {
      if (found.length >= MOST_MEMBERS) return;
      if (!/^[a-z_]\w*$/i.test(name)) continue;
      found.push(prefix + name);
      if (depth < DEEPEST) add(below, `${prefix}${name}.`, depth + 1);
    }
  };
  add(node, '', 1);
  return found;
}
