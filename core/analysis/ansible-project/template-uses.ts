/** The templates and conditions in an item of a document, read once for as long as it stays. */
import { containsTemplate } from '../../formats/jinja/delimiters.ts';
import { namesDefinedWhen } from '../../formats/jinja/guards.ts';
import { parseBareExpression, parseTemplate } from '../../formats/jinja/parse.ts';
import type { References } from '../../formats/jinja/reference-types.ts';
import { referencesOf } from '../../formats/jinja/references.ts';
import type { SyntaxFault } from '../../formats/jinja/tree.ts';
import { BLOCK_SECTIONS, SECTIONS } from '../../formats/playbook/keywords.ts';
import type { Task } from '../../formats/playbook/model.ts';
import {
  listOf,
  nodesOf,
  resolved,
  type Entry,
  type Range,
  type ScalarNode,
  type YamlNode,
} from '../../formats/playbook/node.ts';
import { sourceOffsets } from '../../formats/playbook/scalar-source.ts';
import type { PlaybookItem } from '../../formats/playbook/split.ts';
import { actionName } from './extract-tasks.ts';

export type TemplateUse = {
  /** The content of the scalar. */
  readonly text: string;
  /** name, hosts: what is undefined there does no harm, or comes from the command line. */
  readonly place: 'condition' | 'value' | 'variable' | 'name' | 'hosts';
  /** Of the item. */
  readonly scalar: ScalarNode;
  readonly faults: readonly SyntaxFault[];
  readonly references: References;
  /** A loop, its own or one around it, gives `item`. */
  readonly isLooped: boolean;
  /** A condition with braces, which are read as a template first. */
  readonly hasBraces: boolean;
  /** A range of the content as one of the item. */
  readonly rangeOf: (range: Range) => Range;
};

const kept = new WeakMap<PlaybookItem, readonly TemplateUse[]>();

/** Ranges count from the item. */
export function templateUsesOf(item: PlaybookItem): readonly TemplateUse[] {
  const known = kept.get(item);
  if (known !== undefined) return known;
  const uses = new Reader(item).read();
  kept.set(item, uses);
  return uses;
}

const CONDITIONS = new Set(['when', 'failed_when', 'changed_when', 'until', 'break_when']);

type Around = { readonly defined: ReadonlySet<string>; readonly isLooped: boolean };

class Reader {
  private readonly item: PlaybookItem;
  private readonly uses: TemplateUse[] = [];

  constructor(item: PlaybookItem) {
    this.item = item;
  }

  read(): TemplateUse[] {
    const { plays, tasks, roots, kind } = this.item;
    const nothing: Around = { defined: new Set(), isLooped: false };
    for (const play of plays) {
      for (const entry of play.entries) this.playEntry(entry, nothing);
      for (const section of SECTIONS) {
        for (const task of play.sections[section] ?? []) this.task(task, nothing);
      }
    }
    for (const task of tasks) this.task(task, nothing);
    if (kind === 'vars') for (const root of roots) this.values(root, 'variable', nothing);
    return this.uses;
  }

  private playEntry({ name, value }: Entry, around: Around): void {
    if ((SECTIONS as readonly string[]).includes(name)) return;
    if (name === 'hosts') this.values(value, 'hosts', around);
    else if (name === 'name') this.values(value, 'name', around);
    else if (name === 'vars') this.values(value, 'variable', around);
    else if (name === 'when') this.conditions(value, around);
    else if (name === 'roles') {
      for (const role of listOf(value)) this.role(role, around);
    } else this.values(value, 'value', around);
  }

  private role(node: YamlNode, around: Around): void {
    const map = resolved(node);
    if (map.kind !== 'map') {
      this.values(node, 'value', around);
      return;
    }
    const when = map.entries.find(({ name }) => name === 'when')?.value;
    const inside = { ...around, defined: this.conditions(when, around) };
    for (const { name, value } of map.entries) {
      if (name !== 'when') this.values(value, name === 'role' ? 'value' : 'variable', inside);
    }
  }

  private task(task: Task, outside: Around): void {
    const { map, keywords } = task;
    if (map === undefined) return;
    const isLooped =
      outside.isLooped ||
      [...keywords.keys()].some((name) => name === 'loop' || name.startsWith('with_'));
    const own = { ...outside, isLooped };
    const defined = this.conditions(keywords.get('when')?.value, own);
    const inside: Around = { defined, isLooped };
    for (const section of BLOCK_SECTIONS) {
      for (const child of task.blocks[section] ?? []) this.task(child, inside);
    }
    for (const entry of map.entries) {
      const { name, value } = entry;
      if (name === 'when' || (BLOCK_SECTIONS as readonly string[]).includes(name)) continue;
      if (CONDITIONS.has(name)) this.conditions(value, inside);
      else if (name === 'name' || name === 'listen') this.values(value, 'name', inside);
      else if (name === 'vars') this.values(value, 'variable', inside);
      else this.argument(task, entry, inside);
    }
  }

  /** The value of a module, whose own conditions have no braces either; or of another keyword. */
  private argument(task: Task, entry: Entry, around: Around): void {
    const action = task.actions.find((each) => each.entry === entry);
    const bare =
      action === undefined ? undefined : { assert: 'that', debug: 'var' }[actionName(action)];
    const map = resolved(entry.value);
    if (bare === undefined || map.kind !== 'map') {
      this.values(entry.value, 'value', around);
      for (const { name, value, written } of action?.args.options ?? []) {
        // `debug: var=x`, as far as it is written without quotes.
        const isWord = written === 'word' && name === bare && value.kind === 'scalar';
        if (!isWord || containsTemplate(value.text)) continue;
        if (this.item.text.slice(value.start, value.end) !== value.text) continue;
        this.conditions({ ...value, style: 'plain' }, around);
      }
      return;
    }
    for (const { name, value } of map.entries) {
      if (name === bare) this.conditions(value, around);
      else this.values(value, 'value', around);
    }
  }

  /** Conditions, each guarded by those before it; gives what is defined behind them. */
  private conditions(node: YamlNode | undefined, around: Around): ReadonlySet<string> {
    let { defined } = around;
    for (const each of listOf(node)) {
      const scalar = resolved(each);
      if (each.kind === 'alias' || scalar.kind !== 'scalar' || typeof scalar.value !== 'string')
        continue;
      if (scalar.unreadable === true || scalar.tag !== undefined) continue;
      const { text } = scalar;
      const hasBraces = containsTemplate(text);
      const tree = hasBraces ? parseTemplate(text) : parseBareExpression(text);
      this.add(scalar, 'condition', tree, { ...around, defined }, hasBraces);
      if (tree.kind === 'bare') {
        defined = new Set([...defined, ...namesDefinedWhen(tree.expression, true)]);
      } else {
        const [only] = tree.body.filter(({ kind }) => kind === 'output');
        if (only?.kind === 'output') {
          defined = new Set([...defined, ...namesDefinedWhen(only.expression, true)]);
        }
      }
    }
    return defined;
  }

  private values(node: YamlNode, place: TemplateUse['place'], around: Around): void {
    for (const scalar of nodesOf(node)) {
      if (scalar.kind !== 'scalar' || scalar.unreadable === true || scalar.tag !== undefined)
        continue;
      if (!containsTemplate(scalar.text)) continue;
      this.add(scalar, place, parseTemplate(scalar.text), around, false);
    }
  }

  private add(
    scalar: ScalarNode,
    place: TemplateUse['place'],
    tree: ReturnType<typeof parseTemplate> | ReturnType<typeof parseBareExpression>,
    { defined, isLooped }: Around,
    hasBraces: boolean,
  ): void {
    const source = this.item.text;
    let offsets: readonly number[] | undefined;
    const at = (offset: number): number => {
      offsets ??= sourceOffsets(source, scalar);
      return offsets[offset] ?? scalar.end;
    };
    this.uses.push({
      text: scalar.text,
      place,
      scalar,
      faults: tree.faults,
      references: referencesOf(tree, defined),
      isLooped,
      hasBraces,
      rangeOf: ({ start, end }) => {
        const first = at(start);
        return { start: first, end: end > start ? Math.max(first, at(end - 1) + 1) : first };
      },
    });
  }
}
