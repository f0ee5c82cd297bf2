/** The tasks of an item, and what each of their keys is: a module, a keyword, or a mistake. */
import { nearest } from '../../inventory/nearest.ts';
import { KEYWORDS, SECTIONS } from '../../formats/playbook/keywords.ts';
import { withChildren, type Action, type Task } from '../../formats/playbook/model.ts';
import type { PlaybookItem } from '../../formats/playbook/split.ts';
import type { Knowledge, ModuleName } from './knowledge.ts';
import { REMOVED_KEYWORDS } from './removed-keywords.ts';

const tasksOfItems = new WeakMap<PlaybookItem, readonly Task[]>();

/** All tasks of an item, those within blocks too. */
export function tasksIn(item: PlaybookItem): readonly Task[] {
  const known = tasksOfItems.get(item);
  if (known !== undefined) return known;
  const all: Task[] = [];
  for (const task of item.tasks) addWithChildren(task, all);
  for (const play of item.plays) {
    for (const section of SECTIONS) {
      for (const task of play.sections[section] ?? []) addWithChildren(task, all);
    }
  }
  tasksOfItems.set(item, all);
  return all;
}

function addWithChildren(task: Task, all: Task[]): void {
  if (task.isBlock) all.push(...withChildren(task));
  else all.push(task);
}

export type Call = { readonly action: Action; readonly meaning: ModuleName };

export type TaskReading = {
  /** What the task does: the first of its modules. */
  readonly call?: Call;
  /** Modules beside it. */
  readonly further: readonly Call[];
  /** A key that names no module, and seems to be meant as one. */
  readonly unknownModule?: Action;
  /** Keys that are neither keyword nor module, and seem to be meant as keywords. */
  readonly unknownKeywords: readonly Action[];
  /** Keys of another level of the language. */
  readonly misplaced: readonly Action[];
  /** Keywords of old versions. */
  readonly removed: readonly Action[];
};

const readings = new WeakMap<Knowledge, WeakMap<Task, TaskReading>>();

/** Kept with the task: most rules ask. */
export function readTask(task: Task, knowledge: Knowledge): TaskReading {
  let known = readings.get(knowledge);
  if (known === undefined) {
    known = new WeakMap();
    readings.set(knowledge, known);
  }
  const before = known.get(task);
  if (before !== undefined) return before;
  const reading = read(task, knowledge);
  known.set(task, reading);
  return reading;
}

export type KnownCall = Call & { readonly meaning: Extract<ModuleName, { kind: 'known' }> };

/** The task’s module where its options are known. */
export function knownCall(task: Task, knowledge: Knowledge): KnownCall | undefined {
  const { call } = readTask(task, knowledge);
  return call !== undefined && isKnown(call) ? call : undefined;
}

function isKnown(call: Call): call is KnownCall {
  return call.meaning.kind === 'known';
}

/** The full name of the task’s module, as far as that can be said. */
export function moduleNameOf(task: Task, knowledge: Knowledge): string | undefined {
  const { call } = readTask(task, knowledge);
  if (call === undefined) return undefined;
  return 'name' in call.meaning ? call.meaning.name : call.action.name;
}

/** Full names of the modules of a document, each once. */
export function modulesUsedIn({ items, knowledge }: UsedIn): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { item } of items) {
    for (const task of tasksIn(item)) {
      const name = moduleNameOf(task, knowledge);
      if (name !== undefined) names.add(name);
    }
  }
  return names;
}
type UsedIn = {
  readonly items: readonly { readonly item: PlaybookItem }[];
  readonly knowledge: Knowledge;
};

function read(task: Task, knowledge: Knowledge): TaskReading {
  const calls: Call[] = [];
  const removed: Action[] = [];
  const misplaced: Action[] = [];
  const unknown: Action[] = [];
  for (const action of task.actions) {
    if (action.form !== 'module') {
      // What a template names is not known.
      const meaning: ModuleName =
        action.name === '' ? { kind: 'foreign' } : knowledge.module(action.name);
      calls.push({ action, meaning });
    } else if (isRemoved(action.name)) removed.push(action);
    else if (isKeywordElsewhere(action.name)) misplaced.push(action);
    else {
      const meaning = knowledge.module(action.name);
      if (meaning.kind === 'unknown') unknown.push(action);
      else calls.push({ action, meaning });
    }
  }
  const [call, ...further] = calls;
  const isDone =
    call !== undefined || task.isBlock || removed.some(({ name }) => name === 'include');
  const module = isDone ? undefined : likelyModule(unknown, knowledge);
  return {
    ...(call === undefined ? {} : { call }),
    further,
    ...(module === undefined ? {} : { unknownModule: module }),
    unknownKeywords: unknown.filter((action) => action !== module),
    misplaced,
    removed,
  };
}

function isRemoved(name: string): boolean {
  return REMOVED_KEYWORDS.get(name)?.levels.includes('task') === true;
}

function isKeywordElsewhere(name: string): boolean {
  return (
    (KEYWORDS.play.has(name) && name !== 'user' && name !== 'validate_argspec') ||
    KEYWORDS.block.has(name) ||
    isPlaybookImport(name)
  );
}

/** A module by its docs, and one that only stands among plays. */
export const isPlaybookImport = (name: string): boolean =>
  /^(?:ansible\.(?:builtin|legacy)\.)?import_playbook$/.test(name);

/** Of keys that mean nothing the one that is least like a keyword. */
function likelyModule(unknown: readonly Action[], knowledge: Knowledge): Action | undefined {
  const unlike = unknown.filter(({ name }) => nearest(name, [...KEYWORDS.handler]).length === 0);
  return (
    unlike.find(({ name }) => nearest(name, knowledge.moduleNames).length > 0) ??
    unlike[0] ??
    unknown.find(({ args }) => args.form === 'map')
  );
}
