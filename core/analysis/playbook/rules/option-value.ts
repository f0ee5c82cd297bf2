/** Values that an option does not take. */
import { nearest } from '../../../inventory/nearest.ts';
import type { OptionFacts } from '../../../data/ansible-facts.ts';
import {
  isEmpty,
  isTemplate,
  resolved,
  type Range,
  type ScalarNode,
  type YamlNode,
} from '../../../formats/playbook/node.ts';
import type { Draft } from '../../rule.ts';
import { proposal, renameFixes } from '../edits.ts';
import type { TaskFileRule } from '../items.ts';
import { booleanOf, isInteger, isNumber, isUnknown, literal } from '../literal.ts';
import { optionGroups } from '../options.ts';

/** What people write for a state, and what it is called. */
const STATES: Readonly<Record<string, readonly string[]>> = {
  installed: ['present'],
  install: ['present'],
  uninstalled: ['absent'],
  uninstall: ['absent'],
  removed: ['absent'],
  remove: ['absent'],
  deleted: ['absent'],
  running: ['started'],
  start: ['started'],
  stop: ['stopped'],
  restart: ['restarted'],
  reload: ['reloaded'],
  enabled: ['started'],
  created: ['present', 'directory', 'touch'],
  dir: ['directory'],
  symlink: ['link'],
  newest: ['latest'],
  upgraded: ['latest'],
};

/** Modules whose work the controller does: they take any value as text. */
const TAKES_ANY = new Set(
  [
    ...['debug', 'assert', 'fail', 'pause', 'copy', 'set_fact', 'set_stats', 'template', 'package'],
    ...['include_tasks', 'import_tasks', 'include_role', 'import_role', 'include_vars', 'add_host'],
    ...['group_by', 'gather_facts', 'validate_argument_spec', 'import_playbook'],
  ].map((name) => `ansible.builtin.${name}`),
);

/** Of other collections the facts say “str” for much that is more. */
const takesAny = (module: string): boolean =>
  TAKES_ANY.has(module) || !module.startsWith('ansible.builtin.');

export const optionValue: TaskFileRule = {
  code: 'option-value',
  *check(item, context) {
    for (const { given, call, within } of optionGroups(item, context)) {
      if (within === undefined && call.meaning.name === 'ansible.builtin.meta')
        yield* metaFault(call.action.args.freeText);
      for (const { name, value, known } of given) {
        if (known === undefined || isUnknown(value) || isEmpty(resolved(value))) continue;
        yield* checkValue(name, value, known.facts, takesAny(call.meaning.name));
      }
    }
  },
};

const META = [
  ...['flush_handlers', 'refresh_inventory', 'noop', 'clear_facts', 'clear_host_errors'],
  ...['reset_connection', 'end_host', 'end_batch', 'end_play', 'end_role'],
];

/** What meta is told to do; its facts do not list it, as it is no option. */
function* metaFault(words: (Range & { readonly text: string }) | undefined): Generator<Draft> {
  const text = words?.text.trim() ?? '';
  if (words === undefined || text === '' || META.includes(text) || isTemplate(text)) return;
  const { start, end } = words;
  const names = nearest(text, META);
  const message = `meta can’t do “${text}”${proposal(names)}`;
  yield { start, end, message, fixes: renameFixes({ start, end }, names) };
}

function* checkValue(
  name: string,
  value: YamlNode,
  facts: OptionFacts,
  isLenient: boolean,
): Generator<Draft> {
  const node = resolved(value);
  const wrong = typeFault(node, facts.type ?? 'str', isLenient);
  if (wrong !== undefined) {
    const isText = facts.type === undefined || facts.type === 'str' || facts.type === 'path';
    const first =
      node.kind !== 'scalar' && node.kind !== 'alias' && node.flow
        ? node
        : node.kind === 'map'
          ? node.entries[0]?.key
          : node.kind === 'sequence'
            ? node.items[0]
            : undefined;
    const { start } = value;
    const end = Math.max(start + 1, node === value && first !== undefined ? first.end : value.end);
    const severity = isText ? { severity: 'warning' as const } : {};
    yield { start, end, ...severity, message: `“${name}” takes ${wrong}.` };
    return;
  }
  const choices = choicesOf(facts);
  const elements = facts.type === 'list' ? listElements(node) : [node];
  for (const element of elements) {
    const scalar = literal(element);
    if (
      facts.type === 'list' &&
      node.kind === 'sequence' &&
      facts.elements !== undefined &&
      !isUnknown(element) &&
      !isEmpty(element)
    ) {
      const inner = typeFault(resolved(element), facts.elements, isLenient);
      if (inner !== undefined && facts.elements !== 'str' && facts.elements !== 'path') {
        yield {
          start: element.start,
          end: Math.max(element.start + 1, element.end),
          message: `Each entry of “${name}” is ${inner}.`,
        };
        continue;
      }
    }
    if (scalar === undefined || choices === undefined || isChoice(scalar, choices)) continue;
    // A list written as one word is split at commas.
    if (facts.type === 'list' && scalar.text.includes(',')) continue;
    yield wrongChoice(name, scalar, choices);
  }
}

function listElements(node: YamlNode): readonly YamlNode[] {
  return node.kind === 'sequence' ? node.items : [node];
}

function wrongChoice(name: string, scalar: ScalarNode, choices: readonly string[]): Draft {
  const own = (STATES[scalar.text.toLowerCase()] ?? []).filter((each) => choices.includes(each));
  const names = own.length > 0 ? own.slice(0, 1) : nearest(scalar.text, choices);
  const all = choices.length > 12 ? `${choices.slice(0, 12).join(', ')} …` : choices.join(', ');
  const message =
    names.length > 0
      ? `“${name}” can’t be ${scalar.text}${proposal(names)}`
      : `“${name}” can’t be ${scalar.text}; it is one of ${all}.`;
  const isQuoted = scalar.style === 'single' || scalar.style === 'double';
  const isWritten = scalar.end - scalar.start === scalar.text.length;
  const range = isQuoted && !isWritten ? { start: scalar.start + 1, end: scalar.end - 1 } : scalar;
  return { start: scalar.start, end: scalar.end, message, fixes: renameFixes(range, names) };
}

function choicesOf({ choices, type }: OptionFacts): readonly string[] | undefined {
  if (choices === undefined || type === 'bool') return undefined;
  const values: readonly unknown[] = Array.isArray(choices) ? choices : Object.keys(choices);
  return values.map(String);
}

function isChoice(scalar: ScalarNode, choices: readonly string[]): boolean {
  if (choices.includes(scalar.text) || choices.includes(String(scalar.value))) return true;
  // To Ansible a yes or no stands for the one choice that means it.
  if (typeof scalar.value !== 'boolean') return false;
  return choices.some(
    (choice) => booleanOf({ ...scalar, text: choice }) === scalar.value && !/^\d/.test(choice),
  );
}

/** What the option takes instead; undefined where the value will do. */
function typeFault(node: YamlNode, type: string, isLenient: boolean): string | undefined {
  const scalar = node.kind === 'scalar' ? node : undefined;
  switch (type) {
    case 'bool':
      return scalar !== undefined && booleanOf(scalar) !== undefined ? undefined : 'true or false';
    case 'int':
      return scalar !== undefined && isInteger(scalar) ? undefined : 'a whole number';
    case 'float':
      return scalar !== undefined && isNumber(scalar) ? undefined : 'a number';
    case 'list':
      return node.kind === 'map' && !isLenient
        ? 'a list: each entry begins with a dash'
        : undefined;
    case 'dict': {
      if (node.kind === 'map') return undefined;
      const isText = scalar !== undefined && /[={]/.test(scalar.text);
      return isText ? undefined : 'a mapping: names with values';
    }
    case 'str':
    case 'path':
      return scalar === undefined && !isLenient ? 'a single value' : undefined;
    default:
      return undefined;
  }
}
