/**
 * Cuts a document at its plays and tasks by looking at lines only, so that a keystroke costs the
 * parse of one task. An item begins at the beginning of a line and takes the comments behind it
 * along. Where one item can’t be read without another (anchors, several documents), the document is
 * one item.
 */
import type { PlaybookKind } from './document-kind.ts';
import { SECTIONS } from './keywords.ts';
import { playPart, taskOf, tasksOf, type PlayPart, type Task } from './model.ts';
import { isEmpty, type YamlNode } from './node.ts';
import { parseYamlNodes } from './yaml-nodes.ts';
import type { YamlFault } from './yaml-faults.ts';

/** play: its beginning. play-rest: its keys after a list of tasks. */
export type ItemRole = 'whole' | 'play' | 'play-rest' | 'task' | 'handler';

/** All ranges count from the beginning of the item’s text. */
export type PlaybookItem = {
  readonly text: string;
  readonly kind: PlaybookKind;
  readonly role: ItemRole;
  readonly faults: readonly YamlFault[];
  /** The YAML; several only where a text holds several documents. */
  readonly roots: readonly YamlNode[];
  /** Plays, or parts of one. */
  readonly plays: readonly PlayPart[];
  /** Tasks that belong to no play of this item. */
  readonly tasks: readonly Task[];
};

export type PlacedItem = { readonly item: PlaybookItem; readonly start: number };

/** An item of `previous` with the same text, in the same role, is given back itself. */
export function splitPlaybook(
  text: string,
  kind: PlaybookKind,
  previous: readonly PlaybookItem[],
): PlacedItem[] {
  const kept = new Map<string, PlaybookItem>();
  for (const item of previous) if (item.kind === kind) kept.set(item.role + item.text, item);
  return cut(text, kind).map(({ start, end, role, column }) => {
    const own = text.slice(start, end);
    const before = kept.get(role + own);
    if (before !== undefined && isAtColumn(before, column)) return { item: before, start };
    return { item: parseItem(own, kind, role, column), start };
  });
}

/** Whether the item was judged for this column: only a wrong one is a fault. */
function isAtColumn(item: PlaybookItem, column: number): boolean {
  const wrong = item.faults.find((fault) => fault.cause === 'indentation' && fault.start === 0);
  const isRight = columnOf(item.text) === column || item.role === 'whole';
  return isRight ? wrong === undefined : wrong?.column === column;
}

function parseItem(text: string, kind: PlaybookKind, role: ItemRole, column: number): PlaybookItem {
  const { roots, faults } = parseYamlNodes(text);
  const [root] = roots;
  return {
    text,
    kind,
    role,
    faults: withColumn(text, role, column, faults),
    roots,
    plays: root === undefined ? [] : playsOf(text, kind, role, root),
    tasks: root === undefined ? [] : tasksIn(text, kind, role, root),
  };
}

function withColumn(
  text: string,
  role: ItemRole,
  column: number,
  faults: readonly YamlFault[],
): readonly YamlFault[] {
  const actual = columnOf(text);
  if (role === 'whole' || actual === column || faults.some(({ cause }) => cause === 'tab'))
    return faults;
  return [{ cause: 'indentation', start: 0, end: Math.max(1, actual), column }, ...faults];
}

const columnOf = (text: string): number => /^ */.exec(text)?.[0].length ?? 0;

function playsOf(text: string, kind: PlaybookKind, role: ItemRole, root: YamlNode): PlayPart[] {
  if (role === 'play-rest') return root.kind === 'map' ? [playPart(text, root, false)] : [];
  if (role !== 'play' && (role !== 'whole' || kind !== 'playbook')) return [];
  return root.kind === 'sequence' ? root.items.map((each) => playPart(text, each, true)) : [];
}

function tasksIn(text: string, kind: PlaybookKind, role: ItemRole, root: YamlNode): Task[] {
  if (role === 'whole' && kind !== 'tasks' && kind !== 'handlers') return [];
  if (role === 'play' || role === 'play-rest') return [];
  const level = role === 'handler' || kind === 'handlers' ? 'handler' : 'task';
  if (root.kind === 'sequence') return tasksOf(text, root, level);
  return role === 'whole' || isEmpty(root) ? [] : [taskOf(text, root, level)];
}

type Cut = {
  readonly start: number;
  readonly end: number;
  readonly role: ItemRole;
  /** Where its dash, or its first key, should stand. */
  readonly column: number;
};

const SECTION = new RegExp(`^(${SECTIONS.join('|')})[ \\t]*:[ \\t]*(?:#.*)?\\r?$`);

function cut(text: string, kind: PlaybookKind): Cut[] {
  const whole: Cut[] = [{ start: 0, end: text.length, role: 'whole', column: 0 }];
  if (kind === 'vars' || kind === 'meta' || kind === 'requirements') return whole;
  const begins = kind === 'playbook' ? playbookCuts(text) : taskCuts(text, kind);
  if (begins === undefined || begins.length === 0) return whole;
  const cuts = begins.map((begin, index) => ({
    ...begin,
    end: begins[index + 1]?.start ?? text.length,
  }));
  return aliasesCross(text, cuts) ? whole : cuts;
}

type Begin = Omit<Cut, 'end'>;

type ScannedLine = {
  readonly start: number;
  readonly column: number;
  readonly isDash: boolean;
  readonly text: string;
};

/** The lines with content; undefined behind what makes the document one that can’t be cut. */
function* contentLines(text: string): Generator<ScannedLine | undefined> {
  let seen = false;
  for (let start = text.startsWith('\uFEFF') ? 1 : 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    let at = start;
    while (at < end && text.charCodeAt(at) === 32) at++;
    const char = text.charAt(at);
    const isBlank = at === end || char === '#' || char === '\r' || char === '\t';
    if (!isBlank) {
      const line = text.slice(at, end);
      const isMarker = at === start && /^(?:---|\.\.\.)(?:\s|$)/.test(line);
      if (isMarker && !seen && /^---\s*(?:#.*)?$/.test(line)) {
        start = end + 1;
        seen = true;
        continue;
      }
      if (isMarker || (char === '%' && at === start) || char === ']' || char === '}') {
        yield undefined;
        return;
      }
      seen = true;
      const isDash = char === '-' && (at + 1 === end || /\s/.test(text.charAt(at + 1)));
      yield { start, column: at - start, isDash, text: line };
    }
    start = end + 1;
  }
}

function taskCuts(text: string, kind: 'tasks' | 'handlers'): Begin[] | undefined {
  const role = kind === 'handlers' ? 'handler' : 'task';
  const begins: Begin[] = [];
  let column: number | undefined;
  for (const line of contentLines(text)) {
    if (line === undefined) return undefined;
    if (column === undefined) {
      if (!line.isDash) return undefined;
      column = line.column;
    } else if (!line.isDash || line.column > column) continue;
    begins.push({ start: line.start, role, column });
  }
  return begins;
}

function playbookCuts(text: string): Begin[] | undefined {
  const begins: Begin[] = [];
  let dash: number | undefined;
  /** The column of the play’s keys. */
  let key: number | undefined;
  let section: { readonly role: 'task' | 'handler'; column?: number } | undefined;
  for (const line of contentLines(text)) {
    if (line === undefined) return undefined;
    const { start, column, isDash } = line;
    if (dash === undefined && !isDash) return undefined;
    dash ??= column;
    if (isDash && column <= dash) {
      begins.push({ start, role: 'play', column: dash });
      const lead = /^-[ \t]*/.exec(line.text)?.[0].length ?? 1;
      const content = line.text.slice(lead);
      key =
        content === '' || content.startsWith('#') || content === '\r' ? undefined : column + lead;
      section = key === undefined ? undefined : sectionOf(content);
      continue;
    }
    key ??= column;
    if (section !== undefined && isDash && column >= key) {
      section.column ??= column;
      if (column <= section.column) {
        begins.push({ start, role: section.role, column: section.column });
      }
      continue;
    }
    if (section?.column !== undefined) {
      if (column > key) continue;
      begins.push({ start, role: 'play-rest', column: key });
      section = undefined;
    }
    section =
      column === key ? sectionOf(line.text) : section?.column === undefined ? undefined : section;
  }
  return begins;
}

function sectionOf(line: string): { role: 'task' | 'handler'; column?: number } | undefined {
  const name = SECTION.exec(line)?.[1];
  return name === undefined ? undefined : { role: name === 'handlers' ? 'handler' : 'task' };
}

/** True where an alias stands in another item than its anchor. */
function aliasesCross(text: string, cuts: readonly Cut[]): boolean {
  const anchors = new Map<string, number>();
  let position = 0;
  for (const match of text.matchAll(/(?<=[\s[{,:-])([&*])([\w-]+)/g)) {
    while (match.index >= (cuts[position]?.end ?? Infinity)) position++;
    const name = match[2] ?? '';
    if (match[1] === '&') anchors.set(name, position);
    else if (anchors.has(name) && anchors.get(name) !== position) return true;
  }
  return false;
}
