/** Keywords, modules, options and their values. */
import { KEYWORDS, type KeywordLevel } from '../../../formats/playbook/keywords.ts';
import type { OptionFacts } from '../../../data/ansible-facts.ts';
import type { Completion, Completions } from '../../features.ts';
import { optionsOf, type KnownOption, type Knowledge } from '../knowledge.ts';
import { hasLetters } from './bounded.ts';
import { keywordWords } from './keyword-words.ts';
import type { LinePlace } from './line-place.ts';
import { choicesOf, optionMarkdown, orderedModules, typeWords } from './module-words.ts';

/** People write these first. */
const FIRST: Readonly<Partial<Record<KeywordLevel, readonly string[]>>> = {
  play: [
    'name',
    'hosts',
    'become',
    'vars',
    'vars_files',
    'gather_facts',
    'roles',
    'tasks',
    'handlers',
  ],
  role: ['role', 'vars', 'when', 'tags', 'become'],
  task: ['name', 'when', 'become', 'loop', 'register', 'notify', 'tags', 'block', 'vars'],
  handler: ['name', 'listen', 'when', 'become'],
};

const SECTION_KEYS = new Set([
  'tasks',
  'pre_tasks',
  'post_tasks',
  'handlers',
  'roles',
  'block',
  'rescue',
  'always',
]);
const MAPPINGS = new Set(['vars', 'environment', 'args', 'loop_control', 'module_defaults']);
const LISTS = new Set(['vars_files', 'vars_prompt', 'collections']);

export function keywordsOf(
  level: 'play' | 'role' | 'task' | 'handler',
  place: LinePlace,
  { facts }: Knowledge,
): Completion[] {
  const first = FIRST[level] ?? [];
  const names = [
    ...KEYWORDS[level],
    ...(level === 'play' ? ['import_playbook'] : level === 'role' ? [] : KEYWORDS.block),
  ].filter((name) => !place.siblings.has(name));
  return [...new Set(names)].map((name): Completion => {
    const rank = first.indexOf(name);
    const words = keywordWords(name);
    const opens = SECTION_KEYS.has(name) || MAPPINGS.has(name) || LISTS.has(name);
    return {
      label: name,
      kind: 'keyword',
      ...(words === undefined ? {} : { documentation: words }),
      detail: facts.keywords[name]?.type ?? '',
      range: place.word,
      text: place.hasColon ? name : `${name}:${opens ? '' : ' '}`,
      order: rank < 0 ? `2${name}` : `0${String(rank).padStart(2, '0')}`,
      ...(opens || place.hasColon ? {} : { continues: true as const }),
    };
  });
}

/** An answer of some 150 modules stays below 100 kB; more letters bring others. */
const MOST_MODULES = 150;

export function modulesFor(
  place: LinePlace,
  typed: string,
  keywords: readonly Completion[],
  knowledge: Knowledge,
): Completions {
  const wanted = typed.toLowerCase();
  const all = orderedModules(knowledge);
  const fits = all
    .map((entry, rank) => ({ entry, rank, fit: fitOf(entry, wanted) }))
    .filter(({ fit }) => fit !== undefined)
    .sort((a, b) => (a.fit ?? 0) - (b.fit ?? 0) || a.rank - b.rank)
    .slice(0, MOST_MODULES);
  const items = fits.map(({ entry: { name, short }, fit = 0 }, index): Completion => ({
    label: name,
    kind: 'module',
    range: place.word,
    text: place.hasColon ? name : `${name}:`,
    order: `1${String(index).padStart(4, '0')}`,
    described: name,
    // By the letters of “ansible”, which all have, “bl” would not bring blockinfile to the front.
    ...(wanted !== '' && fit <= 1 && name !== short ? { filter: short } : {}),
  }));
  return { items: [...keywords, ...items], isIncomplete: true };
}

/** 0: its own name begins so; 1: has it; 2: the whole name has it; 3: has the letters in this order. */
function fitOf(
  { name, short }: { readonly name: string; readonly short: string },
  wanted: string,
): number | undefined {
  if (wanted === '' || short.startsWith(wanted)) return 0;
  if (short.includes(wanted)) return 1;
  if (name.includes(wanted)) return 2;
  return hasLetters(name, wanted) ? 3 : undefined;
}

/** `path`: the module, and the options around. */
export function optionsFor(
  path: readonly string[],
  place: LinePlace,
  knowledge: Knowledge,
): Completion[] {
  const options = optionsAt(path, knowledge);
  if (options === undefined) return [];
  const given = new Set([...place.siblings].map((name) => options.get(name)?.name ?? name));
  const names = [...options.values()].filter(
    ({ name }, index, all) => all.findIndex((each) => each.name === name) === index,
  );
  return names
    .filter(({ name }) => !given.has(name))
    .map(({ name, facts }): Completion => {
      const opens = facts.type === 'dict' || facts.type === 'list';
      return {
        label: name,
        kind: 'option',
        detail: `${typeWords(facts).replaceAll('`', '')}${facts.required === true ? ', required' : ''}`,
        documentation: optionMarkdown(name, facts, path.join('.')),
        range: place.word,
        text: place.hasColon ? name : `${name}:${opens ? '' : ' '}`,
        order: `${facts.required === true ? '0' : facts.deprecated === undefined ? '1' : '2'}${name}`,
        ...(choicesOf(facts).length > 0 && !place.hasColon ? { continues: true as const } : {}),
      };
    });
}

function optionsAt(
  [module = '', ...rest]: readonly string[],
  knowledge: Knowledge,
): ReadonlyMap<string, KnownOption> | undefined {
  const meaning = knowledge.module(module);
  let options = meaning.kind === 'known' ? meaning.options : undefined;
  for (const name of rest) {
    const option = options?.get(name);
    options = option?.facts.options === undefined ? undefined : optionsOf(option.facts);
  }
  return options;
}

const SWITCH: OptionFacts = { type: 'bool' };

/** What keywords can be, in the order people use it. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  strategy: ['linear', 'free', 'host_pinned', 'debug'],
  order: ['inventory', 'sorted', 'reverse_sorted', 'reverse_inventory', 'shuffle'],
  become_method: ['sudo', 'su', 'runas'],
  connection: ['ssh', 'local'],
  debugger: ['on_failed', 'on_unreachable', 'always', 'on_skipped', 'never'],
};

/** What `meta` is told to do. */
const META = [
  ...['flush_handlers', 'end_host', 'end_play', 'end_batch', 'end_role', 'clear_facts'],
  ...['clear_host_errors', 'refresh_inventory', 'reset_connection', 'noop'],
];

export function isMeta(key: string | undefined): boolean {
  return key !== undefined && /^(?:ansible\.(?:builtin|legacy)\.)?meta$/.test(key);
}

/** Keys of mappings that belong to no module. */
const KEYS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  loop_control: [
    ['loop_var', 'the variable instead of item'],
    ['label', 'what is shown of an item'],
    ['index_var', 'a variable that counts from 0'],
    ['extended', 'more about the loop, in ansible_loop'],
    ['pause', 'seconds between two items'],
    ['extended_allitems', 'with all items in ansible_loop'],
    ['break_when', 'ends the loop (ansible-core 2.18)'],
  ],
  vars_prompt: [
    ['name', 'the variable'],
    ['prompt', 'what is asked'],
    ['private', 'what is typed is not shown'],
    ['default', 'what counts where nothing is typed'],
    ['confirm', 'ask twice'],
    ['encrypt', 'as a hash'],
    ['salt_size', 'of the hash'],
    ['salt', 'of the hash'],
    ['unsafe', 'braces in it mean nothing'],
  ],
};

/** Within `loop_control` and its kin. */
export function keysWithin(mapping: string, { siblings, word, hasColon }: LinePlace): Completion[] {
  return (KEYS[mapping] ?? [])
    .filter(([name]) => !siblings.has(name))
    .map(([name, detail], index) => ({
      label: name,
      kind: 'option',
      detail,
      range: word,
      text: hasColon ? name : `${name}: `,
      order: String(index).padStart(3, '0'),
    }));
}

/** Without `path` the value of a keyword. */
export function optionValues(
  path: readonly string[] | undefined,
  { valueOf = '', value }: LinePlace,
  knowledge: Knowledge,
): Completion[] {
  const words = path !== undefined ? undefined : isMeta(valueOf) ? META : VALUES[valueOf];
  if (words !== undefined) {
    return words.map((text, index) => {
      const order = String(index).padStart(3, '0');
      return { label: text, kind: 'value', range: value, text, order };
    });
  }
  const facts =
    path === undefined
      ? knowledge.facts.keywords[valueOf]?.type === 'bool'
        ? SWITCH
        : undefined
      : optionsAt(path, knowledge)?.get(valueOf)?.facts;
  if (facts === undefined) return [];
  return choicesOf(facts).map((choice, index) => ({
    label: choice,
    kind: 'value',
    range: value,
    text: choice,
    order: String(index).padStart(3, '0'),
    ...(String(facts.default) === choice ? { detail: 'the default' } : {}),
  }));
}
