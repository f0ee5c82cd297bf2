/** Plays and tasks as they are written, with ranges; what Ansible would make of them is for rules. */
import { sourceOffsets } from './scalar-source.ts';
import { parseFreeForm } from './free-form.ts';
import { BLOCK_SECTIONS, KEYWORDS, SECTIONS, type BlockSection, type Section } from './keywords.ts';
import {
  childOf,
  isEmpty,
  isTemplate,
  resolved,
  textOf,
  type Entry,
  type MapNode,
  type Range,
  type ScalarNode,
  type YamlNode,
} from './node.ts';

/** A play, or the part of one that an item holds. Ranges count from the item. */
export type PlayPart = Range & {
  /** False for the keys that follow a list of tasks. */
  readonly begins: boolean;
  readonly node: YamlNode;
  /** All its entries in order; empty where it is no mapping. */
  readonly entries: readonly Entry[];
  /** Tasks that stand in the same item. */
  readonly sections: Readonly<Partial<Record<Section, readonly Task[]>>>;
};

export type TaskLevel = 'task' | 'handler';

export type Task = Range & {
  readonly level: TaskLevel;
  readonly node: YamlNode;
  /** Absent where a task is no mapping. */
  readonly map?: MapNode;
  /** True for what has block, rescue or always. */
  readonly isBlock: boolean;
  /** Keywords of tasks, handlers and blocks, and `with_…`; the last of a name counts. */
  readonly keywords: ReadonlyMap<string, Entry>;
  /** What says what to do: `action`, `local_action`, and every key that is no keyword. */
  readonly actions: readonly Action[];
  readonly blocks: Readonly<Partial<Record<BlockSection, readonly Task[]>>>;
};

export type Action = {
  readonly entry: Entry;
  readonly form: 'module' | 'action' | 'local_action';
  /** The module’s name as written; empty where `action` names none. */
  readonly name: string;
  readonly nameRange: Range;
  readonly args: Args;
};

export type Args = {
  /** How they are written. other: as something that can’t be arguments, such as a list. */
  readonly form: 'none' | 'map' | 'string' | 'other';
  /** Those of the `args` keyword too. */
  readonly options: readonly Argument[];
  /** Words of the string that are no `k=v`, as one; of `cmd: …` nothing. */
  readonly freeText?: Range & { readonly text: string };
  /** A quote or block in the string that is not closed. */
  readonly unclosed?: Range & { readonly opener: string };
  /** A template makes (some of) them: which there are is not known. */
  readonly isDynamic: boolean;
};

export type Argument = {
  readonly name: string;
  readonly key: Range;
  readonly value: YamlNode;
  /** Written as a mapping, as a word `k=v`, or under the `args` keyword. */
  readonly written: 'map' | 'word' | 'args';
};

/** Modules that take free text, in which few words with “=” are options. */
const FREE_TEXT =
  /^(?:ansible\.(?:builtin|legacy|windows)\.)?(?:win_)?(?:command|shell|script|raw)$/;

export function playPart(text: string, node: YamlNode, begins: boolean): PlayPart {
  const map = resolved(node);
  const entries = map.kind === 'map' ? map.entries : [];
  const sections: Partial<Record<Section, readonly Task[]>> = {};
  for (const section of SECTIONS) {
    const list = childOf(map, section);
    if (list !== undefined && !isEmpty(list)) {
      sections[section] = tasksOf(text, list, section === 'handlers' ? 'handler' : 'task');
    }
  }
  return { start: node.start, end: node.end, begins, node, entries, sections };
}

/** The tasks of a list; a node that is no list has none. */
export function tasksOf(text: string, list: YamlNode, level: TaskLevel): Task[] {
  const sequence = resolved(list);
  return sequence.kind === 'sequence'
    ? sequence.items.map((each) => taskOf(text, each, level))
    : [];
}

export function taskOf(text: string, node: YamlNode, level: TaskLevel): Task {
  const map = resolved(node);
  if (map.kind !== 'map') {
    const nothing = { keywords: new Map<string, Entry>(), actions: [], blocks: {} };
    return { start: node.start, end: node.end, level, node, isBlock: false, ...nothing };
  }
  const isBlock = map.entries.some(({ name }) => isBlockSection(name));
  const keywords = new Map<string, Entry>();
  const others: Entry[] = [];
  for (const entry of map.entries) {
    if (isKeyword(entry.name, isBlock)) keywords.set(entry.name, entry);
    if (entry.name === 'action' || entry.name === 'local_action') others.push(entry);
    else if (!isKeyword(entry.name, isBlock) && entry.name !== '<<') others.push(entry);
  }
  const blocks: Partial<Record<BlockSection, readonly Task[]>> = {};
  for (const section of BLOCK_SECTIONS) {
    const list = childOf(map, section);
    if (list !== undefined) blocks[section] = tasksOf(text, list, level);
  }
  const shared = keywords.get('args')?.value;
  return {
    start: node.start,
    end: node.end,
    level,
    node,
    map,
    isBlock,
    keywords,
    actions: others.map((entry) => actionOf(text, entry, shared)),
    blocks,
  };
}

/** The task and those within its blocks, in the order of the text. */
export function* withChildren(task: Task): Generator<Task> {
  yield task;
  for (const section of BLOCK_SECTIONS) {
    for (const child of task.blocks[section] ?? []) yield* withChildren(child);
  }
}

function isBlockSection(name: string): name is BlockSection {
  return (BLOCK_SECTIONS as readonly string[]).includes(name);
}

function isKeyword(name: string, isBlock: boolean): boolean {
  return (
    KEYWORDS.handler.has(name) || name.startsWith('with_') || (isBlock && KEYWORDS.block.has(name))
  );
}

function actionOf(text: string, entry: Entry, shared: YamlNode | undefined): Action {
  const { name, key, value } = entry;
  if (name === 'action' || name === 'local_action') return oldAction(text, entry, name, shared);
  const args = argsOf(text, value, FREE_TEXT.test(name), undefined);
  return { entry, form: 'module', name, nameRange: key, args: withShared(args, shared) };
}

/** `action: copy src=a dest=b`, or `action: {module: copy, src: a}`. */
function oldAction(
  text: string,
  entry: Entry,
  form: 'action' | 'local_action',
  shared: YamlNode | undefined,
): Action {
  const value = resolved(entry.value);
  if (value.kind === 'map') {
    const module = value.entries.find(({ name }) => name === 'module')?.value;
    const name = textOf(module) ?? '';
    const word = /^\S*/.exec(name)?.[0] ?? '';
    const rest = value.entries.filter((each) => each.name !== 'module' && each.name !== 'args');
    const args: Args = {
      form: 'map',
      options: rest.map((each) => argument(each, 'map')),
      isDynamic: word !== name || rest.some((each) => each.name === '<<'),
    };
    const more = childOf(value, 'args');
    return {
      entry,
      form,
      name: word,
      nameRange: module ?? entry.key,
      args: withShared(withShared(args, more), shared),
    };
  }
  const content = textOf(value) ?? '';
  const spaces = /^\s*/.exec(content)?.[0].length ?? 0;
  const name = isTemplate(content.slice(0, 4))
    ? ''
    : (/^\S*/.exec(content.slice(spaces))?.[0] ?? '');
  const from = spaces + name.length;
  const args =
    value.kind === 'scalar' && name !== ''
      ? stringArgs(text, value, FREE_TEXT.test(name), from)
      : { form: 'other' as const, options: [], isDynamic: true };
  const nameRange =
    value.kind === 'scalar'
      ? rangeIn(text, value, spaces, from)
      : { start: value.start, end: value.end };
  return { entry, form, name, nameRange, args: withShared(args, shared) };
}

function argsOf(text: string, node: YamlNode, freeText: boolean, from: number | undefined): Args {
  const value = resolved(node);
  if (isEmpty(value)) return { form: 'none', options: [], isDynamic: false };
  if (value.kind === 'map') {
    return {
      form: 'map',
      options: value.entries
        .filter(({ name }) => name !== '<<')
        .map((each) => argument(each, 'map')),
      isDynamic: value.entries.some(({ name }) => name === '<<' || name === ''),
    };
  }
  if (value.kind !== 'scalar') return { form: 'other', options: [], isDynamic: false };
  if (value.unreadable === true) return { form: 'other', options: [], isDynamic: true };
  return stringArgs(text, value, freeText, from ?? 0);
}

function argument(entry: Entry, written: 'map' | 'args'): Argument {
  return { name: entry.name, key: entry.key, value: entry.value, written };
}

function stringArgs(text: string, scalar: ScalarNode, freeText: boolean, from: number): Args {
  // The text of an alias stands elsewhere, but in the same item.
  const content = scalar.text.slice(from);
  const { words, unclosed } = parseFreeForm(content, freeText);
  const range = rangeMaker(text, scalar, from);
  const options = words.flatMap(({ option }): Argument[] => {
    if (option === undefined) return [];
    const value: ScalarNode = {
      kind: 'scalar',
      ...range(option.valueRange),
      style: 'double',
      text: option.value,
      value: option.value,
    };
    return [{ name: option.name, key: range(option.nameRange), value, written: 'word' }];
  });
  const free = words.filter(({ option }) => option === undefined);
  const [first] = free;
  const last = free.at(-1);
  return {
    form: 'string',
    options,
    isDynamic: free.some((word) => isTemplate(word.text)) && !freeText,
    ...(first === undefined || last === undefined
      ? {}
      : {
          freeText: {
            ...range({ start: first.start, end: last.end }),
            text: content.slice(first.start, last.end),
          },
        }),
    ...(unclosed === undefined
      ? {}
      : { unclosed: { ...range(unclosed), opener: unclosed.opener } }),
  };
}

function rangeIn(text: string, scalar: ScalarNode, start: number, end: number): Range {
  return rangeMaker(text, scalar, 0)({ start, end });
}

/** Where a range of the content from `from` on stands in the text. */
function rangeMaker(text: string, scalar: ScalarNode, from: number): (range: Range) => Range {
  let offsets: readonly number[] | undefined;
  return ({ start, end }) => {
    if (text.slice(scalar.start, scalar.end) === scalar.text) {
      return { start: scalar.start + from + start, end: scalar.start + from + end };
    }
    offsets ??= sourceOffsets(text, scalar);
    const first = offsets[from + start] ?? scalar.start;
    const last = end > start ? (offsets[from + end - 1] ?? first) + 1 : first;
    return { start: first, end: last };
  };
}

/** `args:` fills in what the action itself does not say. */
function withShared(args: Args, shared: YamlNode | undefined): Args {
  if (shared === undefined) return args;
  const map = resolved(shared);
  if (map.kind === 'map') {
    const more = map.entries.map((each) => argument(each, 'args'));
    return { ...args, options: [...args.options, ...more] };
  }
  if (isEmpty(map)) return args;
  return { ...args, isDynamic: true };
}
