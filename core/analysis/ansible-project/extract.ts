/**
 * What one of a project's documents says to the others: the variables it may define, the files and
 * roles it names, handlers and who notifies them. Ranges are the document's.
 */
import { SECTIONS } from '../../formats/playbook/keywords.ts';
import { withChildren, type Action, type Task } from '../../formats/playbook/model.ts';
import {
  childOf,
  entryOf,
  isEmpty,
  isTemplate,
  listOf,
  resolved,
  textOf,
  type Range,
  type YamlNode,
} from '../../formats/playbook/node.ts';
import { placed, type At, type Play, type PlaybookFacts } from '../playbook/facts.ts';

export type DefinitionKind =
  | 'vars'
  | 'register'
  | 'set_fact'
  | 'vars_prompt'
  | 'loop'
  | 'parameter'
  | 'include_vars'
  | 'add_host'
  | 'argument_spec'
  | 'fact';

export type VariableDefinition = Range & { readonly name: string; readonly by: DefinitionKind };

/** A path that stands in a document. */
export type FileUse = Range & {
  readonly kind: 'tasks' | 'playbook' | 'vars' | 'vars-folder' | 'template' | 'file';
  readonly path: string;
  /** A template makes it. */
  readonly isDynamic: boolean;
  /** Runs once an item of a loop, or only where a condition holds. */
  readonly isLooped: boolean;
  readonly isConditional: boolean;
  /** Any one of these will do (vars_files with a list, with_first_found). */
  readonly alternatives?: readonly string[];
  /** A loop names it: it may well be that there is none. */
  readonly isOptional?: true;
};

export type RoleUse = Range & {
  readonly name: string;
  readonly isDynamic: boolean;
  readonly isLooped: boolean;
  readonly by: 'play' | 'task' | 'dependency';
  /** Files of it that are named, by folder. */
  readonly from: Readonly<Partial<Record<'tasks' | 'vars' | 'defaults' | 'handlers', NamedFile>>>;
};
export type NamedFile = Range & { readonly path: string; readonly isDynamic: boolean };

export type Notification = Range & { readonly name: string; readonly isDynamic: boolean };

export type Handler = Range & {
  /** Its name and what it listens to. */
  readonly names: readonly string[];
  readonly isDynamic: boolean;
  /** Its own tasks come from elsewhere (include_tasks): what they are called is not known here. */
  readonly isInclude: boolean;
};

export type HostsUse = Range & { readonly pattern: string; readonly isDynamic: boolean };

export type Extract = {
  readonly definitions: readonly VariableDefinition[];
  /** Something here may define variables whose names can't be told. */
  readonly definesUnknown: boolean;
  readonly files: readonly FileUse[];
  readonly roles: readonly RoleUse[];
  readonly handlers: readonly Handler[];
  readonly notifications: readonly Notification[];
  readonly hosts: readonly HostsUse[];
  /** Groups and hosts that come into being while it runs (add_host, group_by). */
  readonly addsHosts: boolean;
};

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

const ROLE_KEYWORDS = new Set([
  ...['role', 'name', 'vars', 'tags', 'when', 'become', 'become_user', 'become_method'],
  ...['become_exe', 'become_flags', 'delegate_to', 'delegate_facts', 'environment', 'port'],
  ...['any_errors_fatal', 'check_mode', 'collections', 'connection', 'debugger', 'diff', 'timeout'],
  ...['ignore_errors', 'ignore_unreachable', 'module_defaults', 'no_log', 'remote_user', 'run_once'],
  ...['throttle', 'src', 'scm', 'version'],
]);

/** The short name of an action: of `ansible.builtin.copy` copy; others keep theirs. */
export function actionName({ name }: Action): string {
  return name.replace(/^ansible\.(?:builtin|legacy)\./, '');
}

export function emptyExtract(): Extract {
  return open();
}

function open(): Writable<Extract> {
  return {
    definitions: [],
    definesUnknown: false,
    files: [],
    roles: [],
    handlers: [],
    notifications: [],
    hosts: [],
    addsHosts: false,
  };
}

export function extract(facts: PlaybookFacts): Extract {
  const into = open();
  for (const play of facts.plays) ofPlay(play, into);
  for (const task of facts.tasks) ofTasks(task, into);
  for (const root of facts.roots) {
    if (facts.kind === 'vars') {
      if (/(?:^|\/)argument_specs\.ya?ml$/.test(facts.path)) ofArgumentSpecs(root, into);
      else ofVariables(root, root.of, 'vars', into);
    } else if (facts.kind === 'meta') {
      for (const role of listOf(childOf(root.of, 'dependencies'))) {
        ofRole({ ...root, of: role }, 'dependency', into);
      }
      ofArgumentSpecs(root, into);
    }
  }
  if (facts.isFaulty || facts.text.startsWith('$ANSIBLE_VAULT')) into.definesUnknown = true;
  return into;
}

function ofPlay(play: Play, into: Writable<Extract>): void {
  const keyword = (name: string): At<YamlNode> | undefined => {
    const found = play.keywords.get(name);
    return found === undefined ? undefined : { ...found, of: found.of.value };
  };
  const imported = keyword('import_playbook') ?? keyword('ansible.builtin.import_playbook');
  if (imported !== undefined) {
    const path = textOf(imported.of)?.trim() ?? '';
    into.files.push({
      ...placed(imported.of, imported.start),
      kind: 'playbook',
      path: path.split(/\s/, 1)[0] ?? path,
      isDynamic: isTemplate(path),
      isLooped: false,
      isConditional: play.keywords.has('when'),
    });
  }
  const hosts = keyword('hosts');
  for (const node of hosts === undefined ? [] : listOf(hosts.of)) {
    const pattern = textOf(node);
    if (hosts === undefined || pattern === undefined) continue;
    into.hosts.push({ ...placed(node, hosts.start), pattern, isDynamic: isTemplate(pattern) });
  }
  const vars = keyword('vars');
  if (vars !== undefined) ofVariables(vars, vars.of, 'vars', into);
  const prompts = keyword('vars_prompt');
  for (const prompt of prompts === undefined ? [] : listOf(prompts.of)) {
    define(prompts, childOf(prompt, 'name'), 'vars_prompt', into);
  }
  const files = keyword('vars_files');
  for (const node of files === undefined ? [] : listOf(files.of)) {
    if (files !== undefined) ofVarsFile({ ...files, of: node }, into);
  }
  const roles = keyword('roles');
  for (const role of roles === undefined ? [] : listOf(roles.of)) {
    if (roles !== undefined) ofRole({ ...roles, of: role }, 'play', into);
  }
  for (const section of SECTIONS) for (const task of play.sections[section]) ofTasks(task, into);
}

function ofVarsFile(file: At<YamlNode>, into: Writable<Extract>): void {
  const choices = listOf(file.of).flatMap((node) => textOf(node) ?? []);
  const [path] = choices;
  if (path === undefined) return;
  into.files.push({
    ...placed(file.of, file.start),
    kind: 'vars',
    path,
    isDynamic: choices.some(isTemplate),
    isLooped: false,
    isConditional: false,
    ...(resolved(file.of).kind === 'sequence' ? { alternatives: choices } : {}),
  });
}

function ofRole(role: At<YamlNode>, by: RoleUse['by'], into: Writable<Extract>): void {
  const map = resolved(role.of);
  const node = map.kind === 'map' ? (childOf(map, 'role') ?? childOf(map, 'name')) : map;
  const name = textOf(node)?.trim();
  if (name === undefined || node === undefined) {
    into.definesUnknown = true;
    return;
  }
  into.roles.push({
    ...placed(node, role.start),
    name: name.includes('=') || /\s/.test(name) ? (name.split(/[\s,]/, 1)[0] ?? name) : name,
    isDynamic: isTemplate(name),
    isLooped: false,
    by,
    from: {},
  });
  if (map.kind !== 'map') return;
  for (const entry of map.entries) {
    if (ROLE_KEYWORDS.has(entry.name)) continue;
    if (entry.name === '<<') into.definesUnknown = true;
    else define(role, entry.key, 'parameter', into);
  }
  const vars = childOf(map, 'vars');
  if (vars !== undefined) ofVariables(role, vars, 'parameter', into);
}

/** The names of a mapping of variables, or of a list of such. */
function ofVariables(
  place: Pick<At<unknown>, 'start' | 'item'>,
  node: YamlNode,
  by: DefinitionKind,
  into: Writable<Extract>,
): void {
  const value = resolved(node);
  if (value.kind === 'sequence') {
    for (const item of value.items) ofVariables(place, item, by, into);
  } else if (value.kind === 'map') {
    for (const { key, name, value: merged } of value.entries) {
      if (name === '<<') for (const each of listOf(merged)) ofVariables(place, each, by, into);
      else define(place, key, by, into);
    }
  } else if (!isEmpty(value)) into.definesUnknown = true;
}

function define(
  place: Pick<At<unknown>, 'start'> | undefined,
  node: YamlNode | undefined,
  by: DefinitionKind,
  into: Writable<Extract>,
): void {
  const name = textOf(node);
  if (place === undefined || node === undefined || name === undefined) return;
  if (isTemplate(name)) into.definesUnknown = true;
  else into.definitions.push({ ...placed(node, place.start), name: name.trim(), by });
}

function ofArgumentSpecs(root: At<YamlNode>, into: Writable<Extract>): void {
  const specs = resolved(childOf(root.of, 'argument_specs') ?? root.of);
  if (specs.kind !== 'map') return;
  for (const spec of specs.entries) {
    const options = childOf(spec.value, 'options');
    if (options !== undefined) ofVariables(root, options, 'argument_spec', into);
  }
}

function ofTasks(root: At<Task>, into: Writable<Extract>): void {
  for (const task of withChildren(root.of)) ofTask({ ...root, of: task }, into);
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
  if (vars !== undefined) ofVariables(task, vars, 'vars', into);
  define(task, value('register'), 'register', into);
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
  const isInclude = task.of.actions.some((action) => /^(?:include|import)_/.test(actionName(action)));
  const range = nameNode ?? listens[0] ?? map;
  if (range === undefined) return;
  into.handlers.push({
    ...placed(range, task.start),
    names,
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
          into.definitions.push({ ...placed(option.key, task.start), name: option.name, by: 'parameter' });
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
        into.definitions.push({ start: named.start, end: named.end, name: named.path, by: 'include_vars' });
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

/** What `{{ item }}` can be: the words of the loop; what a search for the first file looks for. */
function namedByLoop({ keywords }: Task, path: string): readonly string[] | undefined {
  if (/^\{\{[^}]*first_found/.test(path)) {
    const vars = resolved(keywords.get('vars')?.value ?? EMPTY);
    const searches = vars.kind === 'map' ? vars.entries.map(({ value }) => value) : [];
    const files = searches.flatMap((search) => filesOfSearch([search]) ?? []);
    return files.length === 0 ? undefined : files;
  }
  const variable = textOf(childOf(keywords.get('loop_control')?.value, 'loop_var')) ?? 'item';
  if (path.replace(/[\s{}]/g, '') !== variable) return undefined;
  const first = keywords.get('with_first_found')?.value;
  if (first !== undefined) return filesOfSearch(listOf(first));
  const loop = (keywords.get('loop') ?? keywords.get('with_items'))?.value;
  return loop === undefined ? undefined : wordsOf(listOf(loop));
}

const EMPTY: YamlNode = { kind: 'scalar', start: 0, end: 0, style: 'plain', text: '', value: null };

/** Paths, or mappings with `files` and `paths`. */
function filesOfSearch(terms: readonly YamlNode[]): readonly string[] | undefined {
  const found: string[] = [];
  for (const term of terms) {
    if (resolved(term).kind !== 'map') {
      const words = wordsOf([term]);
      if (words === undefined) return undefined;
      found.push(...words);
      continue;
    }
    const files = wordsOf(listOf(childOf(term, 'files')));
    const paths = wordsOf(listOf(childOf(term, 'paths')));
    if (files === undefined || paths === undefined) return undefined;
    for (const path of paths.length === 0 ? [''] : paths) {
      found.push(...files.map((file) => (path === '' ? file : `${path.replace(/\/$/, '')}/${file}`)));
    }
  }
  return found;
}

/** The words of a list; undefined where a template makes all of one. */
function wordsOf(nodes: readonly YamlNode[]): string[] | undefined {
  const words = nodes.map((node) => textOf(node));
  return words.every((word) => word !== undefined && !/^\s*\{\{[^}]*\}\}\s*$/.test(word))
    ? words.flatMap((word) => word ?? [])
    : undefined;
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
  } else if (/(?:^|[._])facts$|^facter$|^ohai$/.test(name) || name === '') into.definesUnknown = true;
}

function isOn(argument: NamedFile | undefined): boolean {
  // What a template decides may be on.
  return argument !== undefined && (argument.isDynamic || /^(?:y|yes|on|1|true|t)$/i.test(argument.path));
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
  const role = argumentOf(task, action, ['name', 'role', '']);
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
      return { ...placed(option.value, task.start), path: text.trim(), isDynamic: isTemplate(text) };
    }
    if (name === '' && args.freeText !== undefined) {
      const { start, end, text } = args.freeText;
      return { ...placed({ start, end }, task.start), path: text.trim(), isDynamic: isTemplate(text) };
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

/** Whether a mapping has an entry of the name. */
export function hasEntry(node: YamlNode, name: string): boolean {
  const map = resolved(node);
  return map.kind === 'map' && entryOf(map, name) !== undefined;
}
