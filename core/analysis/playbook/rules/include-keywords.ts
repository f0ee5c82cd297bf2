/** Keywords that Ansible refuses at tasks which include or import others. */
import { KEYWORDS } from '../../../formats/playbook/keywords.ts';
import type { Task } from '../../../formats/playbook/model.ts';
import type { Draft } from '../../rule.ts';
import { replace } from '../edits.ts';
import type { Knowledge } from '../knowledge.ts';
import { moduleNameOf, readTask } from '../tasks.ts';

/** What ansible-core 2.14 to 2.19 take beside include_tasks and include_role (VALID_INCLUDE_KEYWORDS). */
const TAKEN = new Set([
  ...['action', 'local_action', 'args', 'collections', 'debugger', 'ignore_errors', 'listen'],
  ...['loop', 'loop_control', 'name', 'no_log', 'register', 'run_once', 'tags', 'timeout'],
  ...['vars', 'when'],
]);

export function* includeKeywords(task: Task, knowledge: Knowledge): Generator<Draft> {
  const module = moduleNameOf(task, knowledge) ?? '';
  const [, verb, what] =
    /^ansible\.(?:builtin|legacy)\.(include|import)_(tasks|role)$/.exec(module) ?? [];
  if (verb === 'include') yield* refused(task, `include_${what ?? ''}`);
  if (verb === 'import') yield* loops(task, what ?? '', knowledge);
}

function* refused({ keywords }: Task, include: string): Generator<Draft> {
  for (const [name, { key }] of keywords) {
    if (TAKEN.has(name) || name.startsWith('with_')) continue;
    const { start, end } = key;
    const where = KEYWORDS.block.has(name)
      ? 'what is included is given it by “apply”.'
      : 'the tasks within do.';
    yield { start, end, message: `${include} takes no “${name}”: ${where}` };
  }
}

/** An import is read before the run, when there is nothing yet to go over. */
function* loops(task: Task, what: string, knowledge: Knowledge): Generator<Draft> {
  for (const [name, { key }] of task.keywords) {
    if (name !== 'loop' && !name.startsWith('with_')) continue;
    const { start, end } = key;
    const action = readTask(task, knowledge).call?.action;
    const written = action?.form === 'module' ? action.name : undefined;
    const instead = written?.replace(/import_/, 'include_');
    const range = action?.nameRange;
    yield {
      start,
      end,
      message: `An import can’t be looped over: write include_${what}.`,
      ...(instead === undefined || range === undefined
        ? {}
        : {
            fixes: [
              {
                title: `Write ${instead} instead`,
                edits: [replace(range, instead)],
                preferred: true,
              },
            ],
          }),
    };
  }
}
