/** Options that exclude or need one another, as the module itself would say. */
import type { Range } from '../../../formats/playbook/node.ts';
import type { Draft } from '../../rule.ts';
import type { TaskFileRule } from '../items.ts';
import { booleanOf, literal } from '../literal.ts';
import { givenOf, optionGroups, type GivenOption, type OptionGroup } from '../options.ts';

export const optionCombination: TaskFileRule = {
  code: 'option-combination',
  *check(item, context) {
    if (item.faults.length > 0) return;
    for (const group of optionGroups(item, context)) {
      if (group.within !== undefined) continue;
      yield* exclusive(group);
      if (group.isDynamic || group.isOpen) continue;
      if (group.given.some(({ known, name }) => known === undefined && !name.startsWith('_')))
        continue;
      yield* needed(group);
    }
  },
};

/** One of these, and not two: said by what runs on the controller, so not among the module’s facts. */
const BY_THE_ACTION: Readonly<Record<string, readonly string[]>> = {
  'ansible.builtin.copy': ['src', 'content'],
};

/** What modules look at in their own code: option, value, what it needs, whether one of them will do. */
const BY_ITSELF: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
  'ansible.builtin.lineinfile': [
    ['state', 'present', ['line']],
    ['state', 'absent', ['line', 'search_string', 'regexp'], true],
    ['backrefs', true, ['regexp']],
  ],
};

function* exclusive(group: OptionGroup): Generator<Draft> {
  const alone = BY_THE_ACTION[group.call.meaning.name];
  const facts = group.owner.mutually_exclusive ?? [];
  for (const names of alone === undefined ? facts : [...facts, alone]) {
    const given = names.flatMap((name) => givenOf(group, name) ?? []);
    const [first, second] = [...new Set(given)].sort((a, b) => a.key.start - b.key.start);
    if (first === undefined || second === undefined) continue;
    // An option that a template may leave out is not surely given.
    if (mayBeOmitted(first) || mayBeOmitted(second)) continue;
    const { start, end } = second.key;
    const related = [{ message: first.name, start: first.key.start, end: first.key.end }];
    yield {
      start,
      end,
      related,
      message: `“${second.name}” and “${first.name}” exclude each other.`,
    };
  }
}

function mayBeOmitted({ value }: GivenOption): boolean {
  return value.kind === 'scalar' && (/\bomit\b|\{%/.test(value.text) || value.value === null);
}

function* needed(group: OptionGroup): Generator<Draft> {
  const { owner, call, place } = group;
  // Ansible fills in defaults before it looks at what is there.
  const has = (name: string): boolean =>
    givenOf(group, name) !== undefined ||
    isSet(group.options.get(name)?.facts.default) ||
    (name === '_raw_params' && call.action.args.freeText !== undefined);
  const atPlace = (message: string): Draft => ({ ...only(place), message });
  const oneOf = BY_THE_ACTION[call.meaning.name];
  for (const names of [...(owner.required_one_of ?? []), ...(oneOf === undefined ? [] : [oneOf])]) {
    // Commands have a finding of their own.
    if (names.some(has) || names.includes('_raw_params')) continue;
    yield atPlace(`${call.action.name} needs one of ${names.join(', ')}.`);
  }
  for (const names of owner.required_together ?? []) {
    const given = names.find((name) => givenOf(group, name) !== undefined);
    const missing = names.filter((name) => !has(name));
    if (given === undefined || missing.length === 0) continue;
    const key = givenOf(group, given)?.key ?? place;
    yield { ...only(key), message: `“${given}” needs ${quoted(missing)} as well.` };
  }
  for (const [name, more] of Object.entries(owner.required_by ?? {})) {
    const key = givenOf(group, name)?.key;
    const missing = textsOf(more).filter((each) => !has(each));
    if (key === undefined || missing.length === 0) continue;
    yield { ...only(key), message: `“${name}” needs ${quoted(missing)} as well.` };
  }
  const byItself = BY_ITSELF[call.meaning.name] ?? [];
  for (const [name, value, more, one] of [...(owner.required_if ?? []), ...byItself]) {
    if (typeof name !== 'string') continue;
    const option = givenOf(group, name);
    if (option === undefined ? !isDefault(group, name, value) : !hasValue(option, value)) continue;
    const names = textsOf(more);
    const missing = names.filter((each) => !has(each));
    if (missing.length === 0 || (one === true && missing.length < names.length)) continue;
    const what = one === true ? `one of ${names.join(', ')}` : quoted(missing);
    yield {
      ...only(option?.key ?? place),
      message: `With ${name}: ${String(value)}, ${call.action.name} needs ${what}.`,
    };
  }
}

function hasValue({ value }: GivenOption, wanted: unknown): boolean {
  const scalar = literal(value);
  if (scalar === undefined) return false;
  if (typeof wanted === 'boolean') return booleanOf(scalar) === wanted;
  return scalar.text === String(wanted);
}

function isDefault({ options }: OptionGroup, name: string, wanted: unknown): boolean {
  const value = options.get(name)?.facts.default;
  return isSet(value) && String(value) === String(wanted);
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null;

const textsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? (value as unknown[]) : [value]).map(String);

const quoted = (names: readonly string[]): string => names.map((name) => `“${name}”`).join(' and ');

const only = ({ start, end }: Range): Range => ({ start, end });
