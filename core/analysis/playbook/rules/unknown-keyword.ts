/** Keys that are neither keyword nor module. */
import { nearest } from '../../../inventory/nearest.ts';
import { KEYWORDS, type KeywordLevel } from '../../../formats/playbook/keywords.ts';
import type { Task } from '../../../formats/playbook/model.ts';
import { resolved, type Range, type YamlNode } from '../../../formats/playbook/node.ts';
import type { Draft } from '../../rule.ts';
import { proposal, renameFixes } from '../edits.ts';
import type { TaskFileRule } from '../items.ts';
import type { Knowledge } from '../knowledge.ts';
import { REMOVED_KEYWORDS } from '../removed-keywords.ts';
import { knownCall, readTask, tasksIn } from '../tasks.ts';

const LOOP_CONTROL = [
  'label',
  'loop_var',
  'index_var',
  'pause',
  'extended',
  'extended_allitems',
  'break_when',
];

/** Of a role's meta/main.yml; ansible-lint knows `standalone`. */
const META = [
  ...['dependencies', 'galaxy_info', 'allow_duplicates', 'collections', 'argument_specs'],
  'standalone',
];

export const unknownKeyword: TaskFileRule = {
  code: 'unknown-keyword',
  *check(item, { knowledge }) {
    if (item.kind === 'meta') yield* ofMeta(item.roots);
    for (const play of item.plays) {
      for (const { key, name } of play.entries) {
        if (name === '' || name === '<<' || isPlayWord(name, knowledge)) continue;
        yield unknown(key, name, 'play');
      }
    }
    for (const task of tasksIn(item)) {
      for (const { nameRange, name } of readTask(task, knowledge).unknownKeywords) {
        const owner = ownerOf(name, task, knowledge);
        yield owner === undefined
          ? unknown(nameRange, name, levelOf(task))
          : {
              ...only(nameRange),
              message: `“${name}” is an option of ${owner}: indent it further.`,
            };
      }
      yield* unknownLoops(task, knowledge);
      const control = task.keywords.get('loop_control')?.value;
      const map = control === undefined ? undefined : resolved(control);
      if (map?.kind !== 'map') continue;
      for (const { key, name } of map.entries) {
        if (LOOP_CONTROL.includes(name) || name === '<<') continue;
        const names = nearest(name, LOOP_CONTROL);
        const message = `loop_control has no “${name}”${proposal(names)}`;
        yield { start: key.start, end: key.end, message, fixes: renameFixes(key, names) };
      }
    }
  },
};

function* ofMeta([root]: readonly YamlNode[]): Generator<Draft> {
  if (root?.kind !== 'map') return;
  for (const { key, name } of root.entries) {
    if (name === '' || name === '<<' || META.includes(name)) continue;
    const names = nearest(name, META);
    const message = `“${name}” is no keyword of a role’s meta/main.yml${proposal(names)}`;
    yield { start: key.start, end: key.end, message, fixes: renameFixes(key, names) };
  }
}

function isPlayWord(name: string, knowledge: Knowledge): boolean {
  return (
    KEYWORDS.play.has(name) ||
    KEYWORDS.import_playbook.has(name) ||
    REMOVED_KEYWORDS.get(name)?.levels.includes('play') === true ||
    // Those are for the rule on words at the wrong level.
    KEYWORDS.handler.has(name) ||
    KEYWORDS.block.has(name) ||
    name.startsWith('with_') ||
    knowledge.module(name).kind !== 'unknown'
  );
}

function unknown(key: Range, name: string, level: KeywordLevel): Draft {
  const names = nearest(name, [...KEYWORDS[level]]);
  const what = level === 'play' ? 'no keyword of plays' : 'neither a keyword nor a module';
  return {
    start: key.start,
    end: key.end,
    message: `“${name}” is ${what}${proposal(names)}`,
    fixes: renameFixes(key, names),
  };
}

/** The module above, which was given nothing and has an option of this name. */
function ownerOf(name: string, task: Task, knowledge: Knowledge): string | undefined {
  const call = knownCall(task, knowledge);
  const isOwner = call?.action.args.form === 'none' && call.meaning.options.has(name);
  return isOwner ? call.action.name : undefined;
}

const only = ({ start, end }: Range): Range => ({ start, end });

const levelOf = (task: Task): KeywordLevel => (task.isBlock ? 'block' : task.level);

/** `with_item`: no such lookup. Silent where nothing similar exists: it may be the project’s own. */
function* unknownLoops(task: Task, { facts }: Knowledge): Generator<Draft> {
  for (const [name, { key }] of task.keywords) {
    const lookup = name.startsWith('with_') ? name.slice('with_'.length) : undefined;
    if (lookup === undefined || lookup.includes('.')) continue;
    const isKnown = facts.lookups.some((full) => full === lookup || full.endsWith(`.${lookup}`));
    if (isKnown || facts.routing.lookup[`ansible.builtin.${lookup}`] !== undefined) continue;
    const builtin = facts.lookups.filter((full) => full.startsWith('ansible.builtin.'));
    const names = nearest(
      lookup,
      builtin.map((full) => full.slice('ansible.builtin.'.length)),
    );
    if (names.length === 0) continue;
    const proposed = names.map((each) => `with_${each}`);
    const message = `There is no lookup “${lookup}”${proposal(proposed)}`;
    yield { start: key.start, end: key.end, message, fixes: renameFixes(key, proposed) };
  }
}
