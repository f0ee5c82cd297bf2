/** Names that Ansible takes for no variable. */
import {
  childOf,
  isTemplate,
  listOf,
  resolved,
  textOf,
  type Range,
  type YamlNode,
} from '../../../formats/playbook/node.ts';
import type { Draft } from '../../rule.ts';
import type { TaskFileRule } from '../items.ts';
import { moduleNameOf, readTask, tasksIn } from '../tasks.ts';

/** Words of Python: variables can't be called so. */
const PYTHON = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except ' +
    'finally for from global if import in is lambda nonlocal not or pass raise return try while ' +
    'with yield'
  ).split(' '),
);

export const variableName: TaskFileRule = {
  code: 'variable-name',
  *check(item, { knowledge }) {
    for (const { entries } of item.plays) {
      for (const { name, value } of entries) {
        if (name === 'vars') yield* keysOf(value);
        if (name !== 'roles') continue;
        for (const role of listOf(value)) yield* keysOf(childOf(role, 'vars'));
      }
    }
    for (const task of tasksIn(item)) {
      yield* keysOf(task.keywords.get('vars')?.value);
      const control = task.keywords.get('loop_control')?.value;
      for (const name of ['loop_var', 'index_var']) {
        const value = childOf(control, name);
        const text = textOf(value);
        if (value !== undefined && text !== undefined) yield* fault(text, value);
      }
      if (moduleNameOf(task, knowledge) !== 'ansible.builtin.set_fact') continue;
      for (const { name, key } of readTask(task, knowledge).call?.action.args.options ?? []) {
        yield* fault(name, key);
      }
    }
  },
};

/** Of a mapping, or of a list of them. */
function* keysOf(node: YamlNode | undefined): Generator<Draft> {
  for (const each of listOf(node)) {
    const map = resolved(each);
    if (map.kind !== 'map' || each.kind === 'alias') continue;
    for (const { name, key } of map.entries) {
      if (key.kind === 'scalar' && name !== '<<') yield* fault(name, key);
    }
  }
}

function* fault(name: string, { start, end }: Range): Generator<Draft> {
  if (name === '' || isTemplate(name)) return;
  if (PYTHON.has(name)) {
    yield { start, end, message: `“${name}” is a word of Python: no variable is called so.` };
  } else if (!/^[A-Za-z_]\w*$/.test(name)) {
    const message = `“${name}” is no name of a variable: letters, digits and “_”, and no digit first.`;
    yield { start, end, message };
  }
}
