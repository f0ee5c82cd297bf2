/** What a task says to the other documents of its project. */
import { withChildren, type Action, type Task } from '../../formats/playbook/model.ts';
import {
  childOf,
  isTemplate,
  listOf,
  textOf,
  type Range,
  type YamlNode,
} from '../../formats/playbook/node.ts';
import { placed, type At } from '../playbook/facts.ts';
import { define, defineAll } from './definitions.ts';
import type { Extract, FileUse, NamedFile, Writable } from './extract-types.ts';
import { namedByLoop } from './named-by-loop.ts';

/** The short name of an action: of `ansible.builtin.copy` copy; others keep theirs. */
export function actionName({ name }: Action): string {
  return name.replace(/^ansible\.(?:builtin|legacy)\./, '');
}

/** The task and all within its blocks. */
export function ofTasks(root: At<Task>, into: Writable<Extract>): void {
  for (const task of withChildren(root.of)) ofTask({ ...root, of: task }, into);
}

/** A list, or several in one string. */
export function tagsIn(node: YamlNode | undefined): string[] {
  return listOf(node).flatMap((each) => {
    const text = textOf(each) ?? '';
    return isTemplate(text) ? [] : text.split(/[\s,]+/).filter((tag) => tag !== '');
  });
}

/** Facts that modules define besides `ansible_…`. */
const FACTS_OF: Readonly<Record<string, readonly string[]>> = {
  package_facts: ['packages'],
  service_facts: ['services'],
  mount_facts: ['mount_points', 'aggregate_mounts'],
  'community.general.listen_ports_facts': ['tcp_listen', 'udp_listen'],
  listen_ports_facts: ['tcp_listen', 'udp_listen'],
  gather_facts: [],
  setup: [],
};

function ofTask(task: At<Task>, into: Writable<Extract>): void {
  const { keywords, map } = task.of;
  const value = (name: string): YamlNode | undefined => keywords.get(name)?.value;
  const at = (range: Range): Range => placed(range, task.start);
  const vars = value('vars');
  if (vars !== undefined) defineAll(task, vars, 'vars', into);
  define(task, value('register'), 'register', into);
  into.tags.push(...tagsIn(value('tags')));
  const loop = [...keywords.keys()].some((name) => name === 'loop' || name.startsWith('with_'));
  const control = value('loop_control');
  define(task, childOf(control, 'loop_var'), 'loop', into);
  define(task, childOf(control, 'index_var'), 'loop', into);
  for (const notify of listOf(value('notify'))) {
    const name = textOf(notify);
    if (name === undefined) continue;
    into.notifications.push({ ...at(notify), name: name.trim(), isDynamic: isTemplate(name) });
  }
  if (task.of.level === 'handler' && map !== undefined) ofHandler(task, into);
  for (const action of task.of.actions) {
    ofAction(task, action, { isLooped: loop, isConditional: keywords.has('when') }, into);
  }
}

function ofHandler(task: At<Task>, into: Writable<Extract>): void {
  const { keywords, map } = task.of;
  const nameNode = keywords.get('name')?.value;
  const listens = listOf(keywords.get('listen')?.value);
  const names = [textOf(nameNode), ...listens.map((node) => textOf(node))].flatMap((name) =>
    name === undefined ? [] : [name.trim()],
  );
  const isInclude = task.of.actions.some((action) =>
    /^(?:include$|include_|import_)/.test(actionName(action)),
  );
  const range = nameNode ?? listens[0] ?? map?.entries[0]?.key;
  if (range === undefined) return;
  into.handlers.push({
    ...placed(range, task.start),
    names,
    isNamed:
      nameNode !== undefined ||
      task.of.isBlock ||
      task.of.actions.every((action) => actionName(action) === 'meta'),
    isDynamic: names.some(isTemplate),
    isInclude,
  });
}

type Circumstances = Pick<FileUse, 'isLooped' | 'isConditional'>;

function ofAction(
  task: At<Task>,
  action: Action,
  circumstances: Circumstances,
  into: Writable<Extract>,
): void {
  const name = actionName(action);
  const file = (kind: FileUse['kind'], argument: NamedFile | undefined): void => {
    if (argument === undefined) return;
    const alternatives = argument.isDynamic ? namedByLoop(task.of, argument.path) : undefined;
    into.files.push({
      ...argument,
      kind,
      ...circumstances,
      ...(alternatives === undefined ? {} : { alternatives, isOptional: true as const }),
    });
  };
  const argument = (...names: readonly string[]): NamedFile | undefined =>
    argumentOf(task, action, names);
  switch (name) {
    case 'include_tasks':
    case 'import_tasks':
    case 'include':
      file('tasks', argument('file', ''));
      for (const option of action.args.options) {
        if (option.written === 'word' && !['file', 'apply'].includes(option.name)) {
          into.definitions.push({
            ...placed(option.key, task.start),
            name: option.name,
            by: 'parameter',
          });
        }
      }
      break;
    case 'include_role':
    case 'import_role':
      ofRoleTask(task, action, circumstances, into);
      break;
    case 'include_vars': {
      file('vars', argument('file', ''));
      file('vars-folder', argument('dir'));
      const named = argument('name');
      if (named?.isDynamic === true) into.definesUnknown = true;
      else if (named !== undefined) {
        into.definitions.push({
          start: named.start,
          end: named.end,
          name: named.path,
          by: 'include_vars',
        });
      }
      break;
    }
    case 'set_fact':
      for (const { name: fact, key } of action.args.options) {
        if (isTemplate(fact)) into.definesUnknown = true;
        else if (fact !== 'cacheable') {
          into.definitions.push({ ...placed(key, task.start), name: fact, by: 'set_fact' });
        }
      }
      if (action.args.isDynamic || action.args.form === 'other') into.definesUnknown = true;
      break;
    case 'add_host':
      into.addsHosts = true;
      for (const { name: fact, key } of action.args.options) {
        into.definitions.push({ ...placed(key, task.start), name: fact, by: 'add_host' });
      }
      if (action.args.isDynamic) into.definesUnknown = true;
      break;
    case 'group_by':
      into.addsHosts = true;
      break;
    case 'template':
      file('template', argument('src'));
      break;
    case 'copy':
      if (!isOn(argument('remote_src'))) file('file', argument('src'));
      break;
    case 'unarchive':
      if (!isOn(argument('remote_src')) && !/:\/\//.test(argument('src')?.path ?? '')) {
        file('file', argument('src'));
      }
      break;
    case 'script':
      file('file', scriptOf(argument('cmd', '')));
      break;
    default:
      ofOther(name, action, argument, into);
  }
}

/** Modules that may set variables of any name. */
function ofOther(
  name: string,
  action: Action,
  argument: (...names: readonly string[]) => NamedFile | undefined,
  into: Writable<Extract>,
): void {
  const facts = FACTS_OF[name];
  const { start, end } = action.nameRange;
  if (facts !== undefined) {
    for (const fact of facts) into.definitions.push({ start, end, name: fact, by: 'fact' });
  } else if (name === 'getent') {
    const database = argument('database', 'db');
    if (database === undefined || database.isDynamic) into.definesUnknown = true;
    else {
      const fact = `getent_${database.path}`;
      into.definitions.push({ start, end, name: fact, by: 'fact' });
    }
  } else if (/(?:^|[._])facts$|^facter$|^ohai$/.test(name) || name === '')
    into.definesUnknown = true;
}

function isOn(argument: NamedFile | undefined): boolean {
  // What a template decides may be on.
  return (
    argument !== undefined && (argument.isDynamic || /^(?:y|yes|on|1|true|t)$/i.test(argument.path))
  );
}

/** The command's first word. */
function scriptOf(argument: NamedFile | undefined): NamedFile | undefined {
  if (argument === undefined) return undefined;
  const word = /^\S*/.exec(argument.path)?.[0] ?? '';
  if (word === argument.path || argument.isDynamic) return argument;
  return { ...argument, path: word, end: argument.start + word.length };
}

function ofRoleTask(
  task: At<Task>,
  action: Action,
  { isLooped }: Circumstances,
  into: Writable<Extract>,
): void {
  const role = argumentOf(task, action, ['name', 'role']);
  if (role === undefined) return;
  const from: Partial<Record<'tasks' | 'vars' | 'defaults' | 'handlers', NamedFile>> = {};
  for (const folder of ['tasks', 'vars', 'defaults', 'handlers'] as const) {
    const file = argumentOf(task, action, [`${folder}_from`]);
    if (file !== undefined) from[folder] = file;
  }
  const { path: name, ...place } = role;
  into.roles.push({ ...place, name, isLooped, by: 'task', from });
}

/** The value of the first of the options that is there; '' stands for free text. */
function argumentOf(
  task: At<Task>,
  { args, entry }: Action,
  names: readonly string[],
): NamedFile | undefined {
  for (const name of names) {
    const option = args.options.find((each) => each.name === name);
    if (option !== undefined) {
      const text = textOf(option.value);
      if (text === undefined) return undefined;
      return {
        ...placed(option.value, task.start),
        path: text.trim(),
        isDynamic: isTemplate(text),
      };
    }
    if (name === '' && args.freeText !== undefined) {
      const { start, end, text } = args.freeText;
      return {
        ...placed({ start, end }, task.start),
        path: text.trim(),
        isDynamic: isTemplate(text),
      };
    }
    if (name === '' && args.form === 'string') {
      // All of the string is a template: free text is not told then.
      const text = textOf(entry.value);
      if (text !== undefined && isTemplate(text)) {
        return { ...placed(entry.value, task.start), path: text, isDynamic: true };
      }
    }
  }
  return undefined;
}
