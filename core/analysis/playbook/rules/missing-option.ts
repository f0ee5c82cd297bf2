/** Options that a module can’t do without. */
import type { OptionFacts } from '../../../data/ansible-facts.ts';
import type { Draft } from '../../rule.ts';
import type { PlaybookItem } from '../../../formats/playbook/split.ts';
import type { DocumentRule } from '../items.ts';
import type { PlaybookContext } from '../context.ts';
import { givenOf, namesOf, optionGroups, type OptionGroup } from '../options.ts';

/** What their facts call required is written in another way. */
const EXEMPT = new Set(['ansible.builtin.set_fact', 'ansible.builtin.package']);

export const missingOption: DocumentRule = {
  code: 'missing-option',
  *check(facts) {
    // Defaults may give what is missing; those of a play reach far.
    if (/(?:^|\n)[ \t-]*module_defaults[ \t]*:/.test(facts.text)) return;
    for (const { item, start } of facts.items) {
      for (const draft of draftsOf(item, facts.context)) {
        yield { ...draft, start: draft.start + start, end: draft.end + start };
      }
    }
  },
};

const found = new WeakMap<PlaybookContext, WeakMap<PlaybookItem, readonly Draft[]>>();

function draftsOf(item: PlaybookItem, context: PlaybookContext): readonly Draft[] {
  const items = found.get(context) ?? new WeakMap<PlaybookItem, readonly Draft[]>();
  found.set(context, items);
  const drafts = items.get(item) ?? [...check(item, context)];
  items.set(item, drafts);
  return drafts;
}

function* check(item: PlaybookItem, context: PlaybookContext): Generator<Draft> {
  if (item.faults.length > 0) return;
  for (const group of optionGroups(item, context)) {
    const { call, within, place, isDynamic } = group;
    const { args } = call.action;
    if (isDynamic || EXEMPT.has(call.meaning.name)) continue;
    // A misspelt option is told once, as such.
    if (group.given.some(({ known, name }) => known === undefined && !name.startsWith('_')))
      continue;
    const { start, end } = place;
    const owner = within ?? call.action.name;
    const missing = requiredOf(group.owner.options ?? NONE).filter(
      ([name]) => givenOf(group, name) === undefined,
    );
    for (const [name, facts] of missing) {
      if (args.freeText !== undefined) continue;
      yield {
        start,
        end,
        message: `${owner} needs the option “${namesOf(name, facts)[0] ?? name}”.`,
      };
    }
    if (within === undefined && missing.length === 0) yield* freeTextMissing(group);
  }
}

type Options = Readonly<Record<string, OptionFacts>>;

const NONE: Options = {};
const required = new WeakMap<Options, readonly (readonly [string, OptionFacts])[]>();

/** Few of a module’s options are; listed once a module, not once a task. */
function requiredOf(options: Options): readonly (readonly [string, OptionFacts])[] {
  const known =
    required.get(options) ?? Object.entries(options).filter(([, facts]) => facts.required === true);
  required.set(options, known);
  return known;
}

/** A command without one. */
function* freeTextMissing({ call, given, place }: OptionGroup): Generator<Draft> {
  const { args } = call.action;
  if (call.meaning.module.free !== true || args.freeText !== undefined || args.form === 'other')
    return;
  if (given.some(({ name }) => ['cmd', 'argv', '_raw_params', 'free_form'].includes(name))) return;
  const what = call.meaning.name.endsWith('.meta') ? 'what to do' : 'a command';
  yield { start: place.start, end: place.end, message: `${call.action.name} needs ${what}.` };
}
