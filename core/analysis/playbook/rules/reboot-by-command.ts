/** A reboot by a command: the connection breaks, and the next task finds no Pi. */
import { columnAt, replace } from '../edits.ts';
import type { TaskFileRule } from '../items.ts';
import { knownCall, tasksIn } from '../tasks.ts';
import { textOf } from '../../../formats/playbook/node.ts';

const REBOOT =
  /^(?:sleep \d+\s*(?:&&|;)\s*)?(?:sudo\s+)?(?:\/usr)?(?:\/s?bin\/)?(?:reboot|systemctl\s+reboot|init\s+6|shutdown\s+(?:-\S+\s+)*-r\b.*)(?:\s+-\S+|\s+(?:now|&))*\s*$/;

export const rebootByCommand: TaskFileRule = {
  code: 'reboot-by-command',
  *check(item, { knowledge }) {
    for (const task of tasksIn(item)) {
      const call = knownCall(task, knowledge);
      if (call === undefined || !/\.(?:command|shell|raw)$/.test(call.meaning.name)) continue;
      const { action } = call;
      const cmd = action.args.options.find(({ name }) => name === 'cmd')?.value;
      const text = action.args.freeText?.text ?? textOf(cmd) ?? '';
      // With async it is the old idiom that waits in a task of its own.
      if (!REBOOT.test(text.trim()) || task.keywords.has('async')) continue;
      const { start, end } = action.args.freeText ?? cmd ?? action.nameRange;
      const isLast = ['name', 'become', 'when', 'tags', action.entry.name];
      const isPlain =
        action.form === 'module' &&
        [...task.keywords.keys()].every((name) => isLast.includes(name));
      const name = `${action.name.includes('.') ? 'ansible.builtin.' : ''}reboot:`;
      const range = { start: action.entry.key.start, end: action.entry.value.end };
      const fixes =
        isPlain && columnAt(item.text, range.start) > 0
          ? [{ title: `Write ${name} instead`, edits: [replace(range, name)], preferred: true }]
          : [];
      yield {
        start,
        end,
        message:
          'Nothing waits until the Pi is back, and the lost connection is an error: use the module reboot.',
        fixes,
      };
    }
  },
};
