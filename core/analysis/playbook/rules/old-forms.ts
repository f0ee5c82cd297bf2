/** Arguments as `k=v`, and modules under `action`: they work; YAML is what is written today. */
import { isEmpty } from '../../../formats/playbook/node.ts';
import type { Action, Argument } from '../../../formats/playbook/model.ts';
import type { PlaybookItem } from '../../../formats/playbook/split.ts';
import type { Fix } from '../../finding.ts';
import { columnAt, replace, yamlScalar } from '../edits.ts';
import type { TaskFileRule } from '../items.ts';
import { readTask, tasksIn } from '../tasks.ts';

export const freeForm: TaskFileRule = {
  code: 'free-form',
  *check(item, { knowledge }) {
    if (item.faults.length > 0) return;
    for (const task of tasksIn(item)) {
      const { call } = readTask(task, knowledge);
      if (call === undefined || call.action.form !== 'module') continue;
      const { args, entry } = call.action;
      const words = args.options.filter(({ written }) => written === 'word');
      if (args.form !== 'string' || words.length === 0 || args.unclosed !== undefined) continue;
      const { start, end } = entry.value;
      const text = asMapping(item, call.action);
      const from = entry.key.end;
      const fix =
        text === undefined || task.keywords.has('args')
          ? []
          : [
              {
                title: 'Write it as YAML',
                edits: [replace({ start: from, end }, `:${text}`)],
                preferred: true,
              },
            ];
      yield {
        start,
        end,
        message:
          'Write the options as YAML, one a line: k=v needs quotes of its own and hides mistakes.',
        fixes: fix,
      };
    }
  },
};

export const oldAction: TaskFileRule = {
  code: 'old-action',
  *check(item, { knowledge }) {
    for (const task of tasksIn(item)) {
      for (const { action } of [readTask(task, knowledge).call ?? []].flat()) {
        // An empty one has a finding that says more.
        if (action.form === 'module' || isEmpty(action.entry.value)) continue;
        const { start, end } = action.entry.key;
        const message =
          action.form === 'action'
            ? '“action” is an old form: write the module as the key.'
            : '“local_action” is an old form: write the module as the key, and delegate_to: localhost.';
        const fixes =
          item.faults.length > 0 ? [] : moduleFixes(item, action, task.keywords.has('args'));
        yield { start, end, message, fixes, tags: ['deprecated'] };
      }
    }
  },
};

function moduleFixes(item: PlaybookItem, action: Action, hasArgs: boolean): Fix[] {
  const { entry, name, form, args } = action;
  if (name === '' || args.form !== 'string' || args.unclosed !== undefined || hasArgs) return [];
  const body =
    args.options.length > 0
      ? asMapping(item, action)
      : args.freeText === undefined
        ? ''
        : ` ${yamlScalar(args.freeText.text)}`;
  if (body === undefined) return [];
  const indent = ' '.repeat(columnAt(item.text, entry.key.start));
  const local = form === 'local_action' ? `\n${indent}delegate_to: localhost` : '';
  const range = { start: entry.key.start, end: entry.value.end };
  return [
    {
      title: `Write ${name} as the key`,
      edits: [replace(range, `${name}:${body}${local}`)],
      preferred: true,
    },
  ];
}

/** The options as a mapping below the module; undefined where a comment or a word would be lost. */
function asMapping({ text }: PlaybookItem, { entry, args, name }: Action): string | undefined {
  const isCommand = /(?:^|\.)(?:command|shell|script|raw)$/.test(name);
  if (args.freeText !== undefined && !isCommand) return undefined;
  if (args.freeText !== undefined && /\.?raw$/.test(name)) return undefined;
  const { start, end } = entry.value;
  if (args.isDynamic && /\s#/.test(text.slice(start, end))) return undefined;
  const indent = ' '.repeat(columnAt(text, entry.key.start) + 2);
  const command = args.freeText === undefined ? [] : [`cmd: ${yamlScalar(args.freeText.text)}`];
  const options = args.options
    .filter(({ written }) => written === 'word')
    .map((option) => `${option.name}: ${valueOf(option)}`);
  return [...command, ...options].map((line) => `\n${indent}${line}`).join('');
}

function valueOf({ name, value }: Argument): string {
  const written = value.kind === 'scalar' ? value.text : '';
  return /(?:^|_)mode$/.test(name) ? `"${written}"` : yamlScalar(written);
}
