/** Words of older versions of Ansible. */
import type { Entry } from '../../../formats/playbook/node.ts';
import { resolved, textOf } from '../../../formats/playbook/node.ts';
import type { Task } from '../../../formats/playbook/model.ts';
import type { TextEdit } from '../../../formats/text-edit.ts';
import type { Draft } from '../../rule.ts';
import type { Fix } from '../../finding.ts';
import { removeEntry, replace } from '../edits.ts';
import type { PlaybookItem, TaskFileRule } from '../items.ts';
import { REMOVED_KEYWORDS, type RemovedKeyword } from '../removed-keywords.ts';
import { readTask, tasksIn } from '../tasks.ts';

export const removedKeyword: TaskFileRule = {
  code: 'removed-keyword',
  *check(item, { knowledge }) {
    for (const play of item.plays) {
      for (const entry of play.entries) {
        const removed = REMOVED_KEYWORDS.get(entry.name);
        if (removed?.levels.includes('play') !== true) continue;
        // A play’s include is another playbook.
        const isInclude = entry.name.endsWith('include');
        yield draft(item, entry, isInclude ? { ...removed, instead: 'import_playbook' } : removed);
      }
      for (const entry of play.entries.filter(({ name }) => name === 'roles')) {
        yield* inRoles(item, entry);
      }
    }
    for (const task of tasksIn(item)) {
      for (const { entry } of readTask(task, knowledge).removed) {
        const removed = REMOVED_KEYWORDS.get(entry.name);
        if (removed === undefined) continue;
        const { instead } = removed;
        // Nobody can notify a handler of an include that runs only when it is notified itself.
        const isImport =
          instead?.endsWith('include_tasks') === true &&
          task.level === 'handler' &&
          !isLooped(task);
        const word = isImport ? instead.replace('include_tasks', 'import_tasks') : instead;
        yield draft(item, entry, word === undefined ? removed : { ...removed, instead: word });
      }
    }
  },
};

function isLooped({ keywords }: Task): boolean {
  return [...keywords.keys()].some((name) => name === 'loop' || name.startsWith('with_'));
}

function* inRoles(item: PlaybookItem, { value }: Entry): Generator<Draft> {
  const list = resolved(value);
  if (list.kind !== 'sequence') return;
  for (const role of list.items) {
    const map = resolved(role);
    for (const entry of map.kind === 'map' ? map.entries : []) {
      const removed = REMOVED_KEYWORDS.get(entry.name);
      if (removed?.levels.includes('role') === true) yield draft(item, entry, removed);
    }
  }
}

function draft({ text }: PlaybookItem, entry: Entry, removed: RemovedKeyword): Draft {
  const { key, name } = entry;
  const { instead, line, isDeprecated, since } = removed;
  const today = line ?? instead;
  const advice = today === undefined ? 'leave it out' : `write “${today}”`;
  const message =
    isDeprecated === true
      ? `“${name}” is an old word: ${advice}.`
      : `“${name}” is no longer understood (since Ansible ${since}): ${advice}.`;
  const fixes = fixesOf(text, entry, removed);
  return {
    start: key.start,
    end: key.end,
    message,
    tags: ['deprecated'],
    ...(isDeprecated === true ? { severity: 'warning' as const } : {}),
    ...(fixes.length === 0 ? {} : { fixes }),
  };
}

function fixesOf(text: string, entry: Entry, { instead, line, isNeedless }: RemovedKeyword): Fix[] {
  const { key, value, name } = entry;
  if (line !== undefined) {
    const range = { start: key.start, end: value.end };
    return [{ title: `Write ${line}`, edits: [replace(range, line)], preferred: true }];
  }
  if (instead !== undefined) {
    // `su: yes` needs a method as well: a plain rename would become by sudo.
    const more = [
      ...truthValue(value),
      ...(name === 'su'
        ? [{ start: value.end, end: value.end, text: methodLine(text, entry) }]
        : []),
    ];
    return [
      { title: `Write ${instead}`, edits: [replace(key, instead), ...more], preferred: true },
    ];
  }
  const edit = isNeedless === true ? removeEntry(text, entry) : undefined;
  return edit === undefined ? [] : [{ title: 'Remove it', edits: [edit], preferred: true }];
}

/** `yes` and its kin as YAML 1.2 has them too. */
function truthValue(value: Entry['value']): TextEdit[] {
  const isWord = value.kind === 'scalar' && value.style === 'plain';
  if (!isWord || typeof value.value !== 'boolean' || /^(?:true|false)$/.test(value.text)) return [];
  return [replace(value, String(value.value))];
}

function methodLine(text: string, { key, value }: Entry): string {
  const column = key.start - (text.lastIndexOf('\n', key.start - 1) + 1);
  return textOf(value) === 'no' ? '' : `\n${' '.repeat(column)}become_method: su`;
}
