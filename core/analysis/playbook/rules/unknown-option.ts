/** Options that a module does not have, and words in its arguments that are none. */
import { nearest } from '../../../inventory/nearest.ts';
import { KEYWORDS } from '../../../formats/playbook/keywords.ts';
import { columnAt, proposal, renameFixes } from '../edits.ts';
import type { TaskFileRule } from '../items.ts';
import { optionGroups } from '../options.ts';
import { knownCall, tasksIn } from '../tasks.ts';

export const unknownOption: TaskFileRule = {
  code: 'unknown-option',
  *check(item, context) {
    for (const group of optionGroups(item, context)) {
      if (group.isOpen) continue;
      const owner = group.within ?? group.call.action.name;
      for (const { name, key, known } of group.given) {
        if (known !== undefined || name === '' || name.startsWith('_') || name.includes('{{'))
          continue;
        // An option of the free text; `warn` was one until 2.14.
        if (group.call.meaning.module.free === true && name === 'warn') {
          yield {
            start: key.start,
            end: key.end,
            message: 'The option “warn” was removed in Ansible 2.14: leave it out.',
            tags: ['deprecated'],
          };
          continue;
        }
        const names = nearest(name, [...group.options.keys()]);
        const isKeyword =
          names.length === 0 && group.within === undefined && KEYWORDS.task.has(name);
        const column = columnAt(item.text, group.call.action.entry.key.start);
        const message = isKeyword
          ? `“${name}” is a keyword of the task, no option of ${owner}: indent it by ${column} as ${owner} is.`
          : `${owner} has no option “${name}”${proposal(names)}`;
        yield { start: key.start, end: key.end, message, fixes: renameFixes(key, names) };
      }
    }
  },
};

/** Modules that take a word without “=”: a command, a file, a role. */
const TAKES_TEXT = new Set(
  [
    'command',
    'shell',
    'raw',
    'script',
    'meta',
    'include',
    'include_tasks',
    'import_tasks',
    'include_vars',
    'import_playbook',
    'add_host',
    'group_by',
  ].map((name) => `ansible.builtin.${name}`),
);

/** Ansible refuses them: “extra params”. */
export const strayWords: TaskFileRule = {
  code: 'stray-words',
  *check(item, { knowledge }) {
    for (const task of tasksIn(item)) {
      const call = knownCall(task, knowledge);
      if (call === undefined || TAKES_TEXT.has(call.meaning.name)) continue;
      const { freeText, unclosed, isDynamic, form } = call.action.args;
      if (form === 'other' && !isDynamic) {
        const { start, end } = call.action.nameRange;
        yield {
          start,
          end,
          message: `${call.action.name} takes a mapping of options, not a list.`,
        };
      }
      if (freeText === undefined || unclosed !== undefined || isDynamic) continue;
      const { start, end, text } = freeText;
      const names = nearest(text, [...call.meaning.options.keys()]);
      const hint = names.length > 0 ? ` Did you mean ${names[0] ?? ''}=…?` : '';
      yield {
        start,
        end,
        message: `“${text}” is no option: ${call.action.name} takes words with “=”.${hint}`,
      };
    }
  },
};

/** `command: echo "x`: Ansible cannot split it. */
export const unclosedInArguments: TaskFileRule = {
  code: 'unclosed-argument',
  *check(item, { knowledge }) {
    for (const task of tasksIn(item)) {
      const call = knownCall(task, knowledge);
      const unclosed = call?.action.args.unclosed;
      // Braces that do not close are no template either, which is said of every string.
      if (unclosed === undefined || unclosed.opener.startsWith('{')) continue;
      const { start, end, opener } = unclosed;
      yield {
        start,
        end,
        message: `“${opener}” is not closed: Ansible can’t split these arguments.`,
      };
    }
  },
};
