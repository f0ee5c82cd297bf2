/** A document of Ansible’s as a whole: its plays with their tasks, put together from the items. */
import type { PlaybookKind } from '../../formats/playbook/document-kind.ts';
import { SECTIONS, type Section } from '../../formats/playbook/keywords.ts';
import type { PlayPart, Task } from '../../formats/playbook/model.ts';
import type { Entry, Range, YamlNode } from '../../formats/playbook/node.ts';
import type { PlacedItem, PlaybookItem } from '../../formats/playbook/split.ts';
import type { PlacedFacts } from '../document.ts';
import type { Knowledge } from './knowledge.ts';
import type { PlaybookContext } from './context.ts';

/** A part of an item. Its ranges count from the item, which begins at `start` in the document. */
export type At<T> = { readonly of: T; readonly start: number; readonly item: PlaybookItem };

export type Play = {
  /** Of the document. */
  readonly range: Range;
  /** Its beginning, and its keys after each list of tasks. */
  readonly parts: readonly At<PlayPart>[];
  /** The last of a name, as it is the one that counts. */
  readonly keywords: ReadonlyMap<string, At<Entry>>;
  readonly sections: Readonly<Record<Section, readonly At<Task>[]>>;
  /** Some of it is no YAML: what seems to be missing may be there. */
  readonly isFaulty: boolean;
};

export type PlaybookFacts = {
  readonly kind: PlaybookKind;
  readonly path: string;
  readonly text: string;
  readonly items: readonly PlacedItem[];
  readonly context: PlaybookContext;
  readonly plays: readonly Play[];
  /** Of a file of tasks or handlers. */
  readonly tasks: readonly At<Task>[];
  /** The YAML of a file that is neither: variables, meta/main.yml, requirements.yml. */
  readonly roots: readonly At<YamlNode>[];
  readonly knowledge: Knowledge;
  readonly isFaulty: boolean;
};

/** A range of an item as one of the document. */
export function placed(range: Range, start: number): Range {
  return { start: range.start + start, end: range.end + start };
}

export function factsOf(
  parts: readonly PlacedFacts<PlaybookItem>[],
  text: string,
  context: PlaybookContext,
): PlaybookFacts {
  const { kind, path, knowledge } = context;
  const plays: OpenPlay[] = [];
  const tasks: At<Task>[] = [];
  const roots: At<YamlNode>[] = [];
  for (const { facts: item, start } of parts) {
    const at = <T>(of: T): At<T> => ({ of, start, item });
    for (const part of item.plays) {
      const last = plays.at(-1);
      const play = part.begins || last === undefined ? openPlay() : last;
      if (play !== last) plays.push(play);
      addPart(play, at(part));
    }
    const play = plays.at(-1);
    const section = play?.section;
    for (const task of item.tasks) {
      if (kind === 'playbook' && play !== undefined)
        play.sections[section ?? 'tasks'].push(at(task));
      else tasks.push(at(task));
    }
    if (item.faults.length > 0 && play !== undefined) play.isFaulty = true;
    if (kind !== 'playbook' && kind !== 'tasks' && kind !== 'handlers')
      roots.push(...item.roots.map(at));
  }
  return {
    kind,
    path,
    text,
    items: parts.map(({ facts, start }) => ({ item: facts, start })),
    context,
    knowledge,
    plays: plays.map(closePlay),
    tasks,
    roots,
    isFaulty: parts.some(({ facts }) => facts.faults.length > 0),
  };
}

type OpenPlay = {
  readonly parts: At<PlayPart>[];
  readonly keywords: Map<string, At<Entry>>;
  readonly sections: Record<Section, At<Task>[]>;
  section: Section | undefined;
  isFaulty: boolean;
};

function openPlay(): OpenPlay {
  return {
    parts: [],
    keywords: new Map(),
    sections: { pre_tasks: [], tasks: [], post_tasks: [], handlers: [] },
    section: undefined,
    isFaulty: false,
  };
}

function addPart(play: OpenPlay, part: At<PlayPart>): void {
  const { of, start, item } = part;
  play.parts.push(part);
  for (const entry of of.entries) play.keywords.set(entry.name, { of: entry, start, item });
  for (const section of SECTIONS) {
    for (const task of of.sections[section] ?? []) {
      play.sections[section].push({ of: task, start, item });
    }
  }
  // The tasks that follow in items of their own belong to the key this part ends with.
  const last = of.entries.at(-1)?.name;
  play.section = SECTIONS.find((section) => section === last);
}

function closePlay({ parts, keywords, sections, isFaulty }: OpenPlay): Play {
  const first = parts[0];
  const start = first === undefined ? 0 : first.start + first.of.start;
  // The last one of each list reaches furthest.
  const lasts = [parts.at(-1), ...SECTIONS.map((section) => sections[section].at(-1))];
  const ends = lasts.map((last) => (last === undefined ? start : last.start + last.of.end));
  return { range: { start, end: Math.max(...ends) }, parts, keywords, sections, isFaulty };
}
