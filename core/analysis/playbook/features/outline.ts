/** Plays, their roles and tasks, as an outline; variables of files of variables. */
import { BLOCK_SECTIONS, SECTIONS } from '../../../formats/playbook/keywords.ts';
import type { Task } from '../../../formats/playbook/model.ts';
import { resolved, textOf, type Range } from '../../../formats/playbook/node.ts';
import type { Outline } from '../../features.ts';
import { placed, type At, type Play, type PlaybookFacts } from '../facts.ts';

export function outline(facts: PlaybookFacts): Outline[] {
  const variables = facts.roots.flatMap(({ of, start }) => {
    const map = resolved(of);
    if (map.kind !== 'map') return [];
    return map.entries.map(({ key, name, value }): Outline => ({
      name: name === '' ? '…' : name,
      detail: '',
      kind: 'variable',
      range: { start: start + key.start, end: start + Math.max(key.end, value.end) },
      nameRange: placed(key, start),
    }));
  });
  return [...facts.plays.map(playOutline), ...facts.tasks.map(taskOutline), ...variables];
}

function playOutline({ range, keywords, sections, parts }: Play): Outline {
  const value = (name: string): string | undefined => textOf(keywords.get(name)?.of.value);
  const hosts = value('hosts') ?? '';
  const imported = value('import_playbook') ?? value('ansible.builtin.import_playbook');
  const first = parts[0];
  const key = first?.of.entries[0]?.key;
  const nameRange =
    first === undefined || key === undefined
      ? { start: range.start, end: range.start }
      : placed(key, first.start);
  const children = SECTIONS.flatMap((section): Outline[] => {
    const tasks = sections[section].map(taskOutline);
    const entry = keywords.get(section);
    if (tasks.length === 0 || entry === undefined) return [];
    const end = Math.max(...tasks.map((task) => task.range.end));
    const heading = placed(entry.of.key, entry.start);
    return section === 'tasks'
      ? tasks
      : [
          {
            name: section,
            detail: '',
            kind: 'section',
            range: { start: heading.start, end: Math.max(end, heading.end) },
            nameRange: heading,
            children: tasks,
          },
        ];
  });
  return {
    name: value('name') ?? imported ?? (hosts === '' ? 'play' : hosts),
    detail: hosts,
    kind: imported === undefined ? 'play' : 'file',
    range: around(range, nameRange),
    nameRange,
    children,
  };
}

function taskOutline({ of: task, start, item }: At<Task>): Outline {
  const name = textOf(task.keywords.get('name')?.value);
  const [action] = task.actions;
  const key = task.keywords.get('name')?.value ?? action?.entry.key ?? task.map?.entries[0]?.key;
  const nameRange = placed(key ?? { start: task.start, end: task.start }, start);
  const children = BLOCK_SECTIONS.flatMap((section) =>
    (task.blocks[section] ?? []).map((of) => taskOutline({ of, start, item })),
  );
  const title = name ?? action?.name ?? (task.isBlock ? 'block' : 'task');
  return {
    name: title === '' ? 'task' : title,
    detail: name === undefined ? '' : (action?.name ?? ''),
    kind: 'task',
    range: around(placed(task, start), nameRange),
    nameRange,
    ...(children.length === 0 ? {} : { children }),
  };
}

/** Editors refuse a name that stands outside. */
function around(range: Range, inner: Range): Range {
  return { start: Math.min(range.start, inner.start), end: Math.max(range.end, inner.end) };
}
