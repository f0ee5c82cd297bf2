/** Keywords that mean something, but not there. */
import { BLOCK_SECTIONS, KEYWORDS, SECTIONS } from '../../../formats/playbook/keywords.ts';
import type { Range } from '../../../formats/playbook/node.ts';
import type { Draft } from '../../rule.ts';
import { includeKeywords } from './include-keywords.ts';
import type { TaskFileRule } from '../items.ts';
import { isPlaybookImport, readTask, tasksIn } from '../tasks.ts';

export const wrongLevel: TaskFileRule = {
  code: 'wrong-level',
  *check(item, { knowledge }) {
    for (const { entries, begins } of item.plays) {
      const names = entries.map(({ name }) => name);
      const isImport = names.some((name) => name.endsWith('import_playbook'));
      let isTask = false;
      for (const { key, name } of entries) {
        if (isImport ? KEYWORDS.import_playbook.has(name) : KEYWORDS.play.has(name)) continue;
        if (isImport && KEYWORDS.play.has(name)) {
          yield at(key, `An imported playbook takes no “${name}”: its own plays do.`);
        } else if (KEYWORDS.handler.has(name) || name.startsWith('with_')) {
          // In a task that stands among plays its module says it all.
          if (!isTask && names.includes('hosts')) {
            yield at(key, `“${name}” belongs to a task, not to a play.`);
          }
        } else if ((BLOCK_SECTIONS as readonly string[]).includes(name) || isModule(name)) {
          isTask = true;
          const what = isModule(name) ? 'module' : 'block';
          const where = begins && !names.includes('hosts') ? 'The task' : `“${name}”`;
          yield at(key, `${where} stands among plays: a ${what} belongs below a play’s tasks.`);
        }
      }
    }
    for (const task of tasksIn(item)) {
      for (const { nameRange, name } of readTask(task, knowledge).misplaced) {
        const isList = (SECTIONS as readonly string[]).includes(name) || name === 'roles';
        const level = KEYWORDS.play.has(name) ? 'a play' : 'a block';
        const message = isPlaybookImport(name)
          ? `“${name}” stands among plays: tasks import files of tasks.`
          : `“${name}” belongs to ${level}, not to a task.`;
        yield at(nameRange, isList ? `${message} Is the indentation right?` : message);
      }
      if (task.isBlock) {
        for (const [name, { key }] of task.keywords) {
          if (KEYWORDS.block.has(name)) continue;
          yield at(
            key,
            `“${name}” belongs to a task: a block takes none. Give it to the tasks within.`,
          );
        }
        const section = task.map?.entries.find(({ name }) => isSection(name));
        const hasBlock = task.map?.entries.some(({ name }) => name === 'block' || name === '<<');
        // A misspelt block, and a module instead of one, have a finding already.
        if (section !== undefined && hasBlock !== true && task.actions.length === 0) {
          yield at(section.key, `“${section.name}” stands beside a “block”, and there is none.`);
        }
      } else {
        yield* includeKeywords(task, knowledge);
      }
      if (!task.isBlock && task.level === 'task') {
        const listen = task.keywords.get('listen');
        if (listen !== undefined)
          yield at(listen.key, '“listen” belongs to a handler, not to a task.');
      }
    }

    function isModule(name: string): boolean {
      if (KEYWORDS.import_playbook.has(name) || name.endsWith('include') || name === '')
        return false;
      return !['unknown', 'foreign'].includes(knowledge.module(name).kind);
    }
  },
};

const isSection = (name: string): boolean => (BLOCK_SECTIONS as readonly string[]).includes(name);

const at = ({ start, end }: Range, message: string): Draft => ({ start, end, message });
