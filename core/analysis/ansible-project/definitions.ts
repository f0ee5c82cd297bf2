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
      else define(place, key, by, into);
    }
  } else if (!isEmpty(value)) into.definesUnknown = true;
}

export function define(
  place: Pick<At<unknown>, 'start'> | undefined,
  node: YamlNode | undefined,
  by: DefinitionKind,
  into: Writable<Extract>,
): void {
  const name = textOf(node);
  if (place === undefined || node === undefined || name === undefined) return;
  if (isTemplate(name)) into.definesUnknown = true;
  else into.definitions.push({ ...placed(node, place.start), name: name.trim(), by });
}
