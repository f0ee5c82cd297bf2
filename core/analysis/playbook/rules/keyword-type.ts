/** Keywords with a value of the wrong kind. */
import { KEYWORDS } from '../../../formats/playbook/keywords.ts';
import {
  isEmpty,
  listOf,
  resolved,
  type Entry,
  type YamlNode,
} from '../../../formats/playbook/node.ts';
import { nearest } from '../../../inventory/nearest.ts';
import type { Draft } from '../../rule.ts';
import type { TaskFileRule } from '../items.ts';
import type { Knowledge } from '../knowledge.ts';
import { booleanOf, isInteger, isNumber, isUnknown, literal } from '../literal.ts';
import { tasksIn } from '../tasks.ts';
import { bareWord } from './loops.ts';

/** Ansible turns a single value into a list for most keywords, but not for these. */
const LISTS = new Set([
  ...['tasks', 'pre_tasks', 'post_tasks', 'handlers', 'roles'],
  ...['block', 'rescue', 'always', 'loop'],
]);

/** Their facts say “list”, and they may be mappings as well. */
const MAPS_TOO = new Set(['environment', 'module_defaults', 'vars_prompt', 'vars']);

const CONDITIONS = new Set(['when', 'until', 'changed_when', 'failed_when']);

const STRATEGIES = ['linear', 'free', 'host_pinned', 'debug'];
const ORDERS = ['inventory', 'sorted', 'reverse_sorted', 'reverse_inventory', 'shuffle'];

export const keywordType: TaskFileRule = {
  code: 'keyword-type',
  *check(item, { knowledge }) {
    for (const { entries } of item.plays) {
      for (const entry of entries) {
        if (KEYWORDS.play.has(entry.name) && entry.name !== 'user') yield* check(entry, knowledge);
        if (entry.name === 'roles') yield* namelessRoles(entry);
      }
    }
    for (const task of tasksIn(item)) {
      for (const entry of task.keywords.values()) {
        yield* check(entry, knowledge);
        if (CONDITIONS.has(entry.name)) yield* mappingsIn(entry);
      }
    }
  },
};

/** A colon and a space in a condition make a mapping of it. */
function* mappingsIn({ name, value }: Entry): Generator<Draft> {
  const list = resolved(value);
  if (list.kind !== 'sequence') return;
  for (const node of list.items) {
    if (node.kind !== 'map') continue;
    const { start } = node;
    yield { start, end: firstEnd(node), message: `“${name}” takes expressions, no mapping.` };
  }
}

/** `src` is a word of requirements.yml. */
function* namelessRoles({ value }: Entry): Generator<Draft> {
  const list = resolved(value);
  if (list.kind !== 'sequence') return;
  for (const node of list.items) {
    const role = resolved(node);
    const [first] = role.kind === 'map' ? role.entries : [];
    if (role.kind !== 'map' || first === undefined) continue;
    if (role.entries.some(({ name }) => ['role', 'name', '<<', ''].includes(name))) continue;
    const { start, end } = first.key;
    yield { start, end, message: 'This names no role: its name belongs to “role”.' };
  }
}

function* check({ name, value }: Entry, { facts }: Knowledge): Generator<Draft> {
  if (isUnknown(value) || isEmpty(value) || /action$/.test(name)) return;
  const wanted = fault(name, value, facts.keywords[name]?.type);
  if (wanted === undefined) return;
  const node = resolved(value);
  // Of a mapping or list the first line is enough to look at.
  const end =
    node.kind === 'scalar' || node !== value ? value.end : Math.min(value.end, firstEnd(node));
  yield { start: value.start, end, message: `“${name}” takes ${wanted}.` };
}

function firstEnd(node: YamlNode): number {
  if (node.kind !== 'scalar' && node.kind !== 'alias' && node.flow) return node.end;
  if (node.kind === 'map') return node.entries[0]?.key.end ?? node.end;
  if (node.kind === 'sequence') return node.items[0]?.end ?? node.end;
  return node.end;
}

/** What it takes instead; undefined where the value will do. */
function fault(name: string, value: YamlNode, type: string | undefined): string | undefined {
  const node = resolved(value);
  const scalar = literal(node);
  if (LISTS.has(name)) {
    // A loop over a bare word has a finding that says what is meant.
    if (node.kind === 'sequence' || (name === 'loop' && bareWord(value) !== undefined))
      return undefined;
    return 'a list: each entry begins with a dash';
  }
  if (name === 'vars_prompt' && scalar !== undefined)
    return 'a list: each entry begins with a dash';
  if (name === 'register' && scalar !== undefined && !/^[A-Za-z_]\w*$/.test(scalar.text))
    return 'the name of a variable: letters, digits and “_”';
  if (name === 'environment' && listOf(node).some((each) => literal(resolved(each)) !== undefined))
    return 'a mapping: names with values';
  // Plugins bring strategies of their own: only a slip is told.
  if (name === 'strategy' && scalar !== undefined && !STRATEGIES.includes(scalar.text)) {
    if (nearest(scalar.text, STRATEGIES).length > 0) return `one of ${STRATEGIES.join(', ')}`;
  }
  if (name === 'order' && scalar !== undefined && !ORDERS.includes(scalar.text))
    return `one of ${ORDERS.join(', ')}`;
  switch (type) {
    case 'bool':
      return scalar !== undefined && booleanOf(scalar) !== undefined ? undefined : 'true or false';
    case 'int':
      return scalar !== undefined && isInteger(scalar) ? undefined : 'a whole number';
    case 'float':
      return scalar !== undefined && isNumber(scalar) ? undefined : 'a number';
    case 'percent':
      return scalar !== undefined && (isNumber(scalar) || /^\d+(?:\.\d+)?%$/.test(scalar.text))
        ? undefined
        : 'a number or a percentage';
    case 'string':
      return scalar === undefined ? 'a single value' : undefined;
    case 'dict':
      return node.kind === 'map' || (name === 'vars' && node.kind === 'sequence')
        ? undefined
        : 'a mapping: names with values';
    case 'class':
      return node.kind === 'map' ? undefined : 'a mapping: names with values';
    case 'list':
      return node.kind === 'map' && !MAPS_TOO.has(name) ? 'a list, or a single value' : undefined;
    default:
      return undefined;
  }
}
