/** A module’s arguments against its options, sub-options included. */
import type { ModuleFacts, OptionFacts } from '../../data/ansible-facts.ts';
import type { Argument } from '../../formats/playbook/model.ts';
import { resolved, type Range, type YamlNode } from '../../formats/playbook/node.ts';
import type { PlaybookItem } from '../../formats/playbook/split.ts';
import type { PlaybookContext } from './context.ts';
import { optionsOf, type KnownOption } from './knowledge.ts';
import { knownCall, tasksIn, type Call } from './tasks.ts';

export type GivenOption = {
  readonly name: string;
  readonly key: Range;
  readonly value: YamlNode;
  readonly written: Argument['written'];
  /** Undefined where the module has no such option. */
  readonly known: KnownOption | undefined;
};

/** Options of one mapping: a module’s, or those within one of its options. */
export type OptionGroup = {
  readonly call: Call & {
    readonly meaning: { readonly name: string; readonly module: ModuleFacts };
  };
  /** Absent for the module’s own. */
  readonly within?: string;
  readonly owner: Readonly<Partial<ModuleFacts>>;
  readonly options: ReadonlyMap<string, KnownOption>;
  readonly given: readonly GivenOption[];
  /** Where a missing option is reported. */
  readonly place: Range;
  /** A template makes some of them. */
  readonly isDynamic: boolean;
  /** Other options than those named are data. */
  readonly isOpen: boolean;
};

/** These take any option, as a variable or for the module that does the work. */
const OPEN = new Set(
  ['set_fact', 'add_host', 'gather_facts', 'package', 'meta'].map(
    (name) => `ansible.builtin.${name}`,
  ),
);

const groupsOf = new WeakMap<PlaybookContext, WeakMap<PlaybookItem, readonly OptionGroup[]>>();

/** The options given in an item, of modules whose options are known. */
export function optionGroups(item: PlaybookItem, context: PlaybookContext): readonly OptionGroup[] {
  const items = groupsOf.get(context) ?? new WeakMap<PlaybookItem, readonly OptionGroup[]>();
  groupsOf.set(context, items);
  const groups = items.get(item) ?? [...collect(item, context)];
  items.set(item, groups);
  return groups;
}

function* collect(item: PlaybookItem, { knowledge }: PlaybookContext): Generator<OptionGroup> {
  for (const task of tasksIn(item)) {
    const call = knownCall(task, knowledge);
    if (call === undefined || call.action.args.form === 'other') continue;
    const { meaning, action } = call;
    const systemd = knowledge.facts.modules['ansible.builtin.systemd_service'];
    const options =
      // The service module hands the options of systemd’s on where that does the work.
      meaning.name === 'ansible.builtin.service' && systemd !== undefined
        ? new Map([...optionsOf(systemd), ...meaning.options])
        : meaning.options;
    const given = action.args.options.map(({ name, key, value, written }): GivenOption => ({
      name,
      key,
      value,
      written,
      known: options.get(name),
    }));
    const group: OptionGroup = {
      call,
      owner: meaning.module,
      options,
      given,
      place: action.nameRange,
      isDynamic: action.args.isDynamic,
      isOpen: OPEN.has(meaning.name),
    };
    yield group;
    yield* within(group);
  }
}

function* within({ call, given }: OptionGroup): Generator<OptionGroup> {
  for (const { known, value } of given) {
    if (known === undefined || known.facts.options === undefined) continue;
    const node = resolved(value);
    const maps = node.kind === 'sequence' ? node.items.map(resolved) : [node];
    for (const map of maps) {
      if (map.kind !== 'map') continue;
      const options = optionsOf(known.facts);
      const group: OptionGroup = {
        call,
        within: known.name,
        owner: { options: known.facts.options },
        options,
        given: map.entries
          .filter(({ name }) => name !== '<<')
          .map((entry): GivenOption => ({
            name: entry.name,
            key: entry.key,
            value: entry.value,
            written: 'map',
            known: options.get(entry.name),
          })),
        place: map.entries[0]?.key ?? map,
        isDynamic: map.entries.some(({ name }) => name === '<<' || name === ''),
        isOpen: false,
      };
      yield group;
      yield* within(group);
    }
  }
}

/** The given option of a name or one of its aliases. */
export function givenOf(group: OptionGroup, name: string): GivenOption | undefined {
  const canonical = group.options.get(name)?.name ?? name;
  return group.given.findLast(({ known }) => known?.name === canonical);
}

/** Names of an option as people may write it, the first one first. */
export function namesOf(name: string, { aliases }: OptionFacts): string[] {
  return [name, ...(aliases ?? [])];
}
