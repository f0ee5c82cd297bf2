/** Tasks with no module, or more than one. */
import type { Action } from '../../../formats/playbook/model.ts';
import { isEmpty, resolved, type Entry, type Range } from '../../../formats/playbook/node.ts';
import { headOf } from '../edits.ts';
import type { TaskFileRule } from '../items.ts';
import { readTask, tasksIn } from '../tasks.ts';

export const noModule: TaskFileRule = {
  code: 'no-module',
  *check(item, { knowledge }) {
    if (item.faults.length > 0) return;
    for (const task of tasksIn(item)) {
      const { map, node, isBlock } = task;
      if (map === undefined) {
        if (node.kind === 'alias') continue;
        const range = headOf(node);
        yield {
          start: range.start,
          end: range.end,
          message: 'A task is a mapping: a name, and a module with its options.',
        };
        continue;
      }
      const { call, unknownModule, unknownKeywords, removed, misplaced } = readTask(
        task,
        knowledge,
      );
      const hasOther = unknownKeywords.length + removed.length + misplaced.length > 0;
      const empty = call === undefined ? undefined : emptyAction(call.action);
      if (empty !== undefined) {
        yield { ...only(empty.key), message: `“${empty.name}” names no module.` };
        continue;
      }
      if (isBlock || call !== undefined || unknownModule !== undefined || hasOther) continue;
      if (map.entries.some(({ name }) => name === '<<' || name === '')) continue;
      const range = headOf(map);
      yield {
        start: range.start,
        end: range.end,
        message: 'The task has no module: it says nothing to do.',
      };
    }
  },
};

export const severalModules: TaskFileRule = {
  code: 'several-modules',
  *check(item, { knowledge }) {
    for (const task of tasksIn(item)) {
      const { call, further } = readTask(task, knowledge);
      if (call === undefined) continue;
      const surplus = task.isBlock ? [call, ...further] : further;
      for (const { action } of surplus) {
        const { start, end } = keyOf(action);
        const message = task.isBlock
          ? `A block takes no module: “${action.name}” belongs into the block’s list, or into a task of its own.`
          : `A task has one module, and this one has ${call.action.name} already: make two tasks.`;
        const related = task.isBlock
          ? []
          : [{ message: 'the first one', ...only(keyOf(call.action)) }];
        yield { start, end, message, related };
      }
    }
  },
};

function emptyAction({ form, entry }: Action): Entry | undefined {
  return form !== 'module' && isEmpty(resolved(entry.value)) ? entry : undefined;
}

const keyOf = ({ entry }: { readonly entry: { readonly key: Range } }): Range => entry.key;
const only = ({ start, end }: Range): Range => ({ start, end });
