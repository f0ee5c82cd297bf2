/**
 * What one of a project's documents says to the others: the variables it may define, the files and
 * roles it names, handlers and who notifies them.
 */
import { SECTIONS } from '../../formats/playbook/keywords.ts';
import {
  childOf,
  isTemplate,
  listOf,
  resolved,
  textOf,
  type YamlNode,
} from '../../formats/playbook/node.ts';
import { placed, type At, type Play, type PlaybookFacts } from '../playbook/facts.ts';
import { define, defineAll } from './definitions.ts';
import { ofTasks, tagsIn } from './extract-tasks.ts';
import type { Extract, RoleUse, Writable } from './extract-types.ts';

const ROLE_KEYWORDS = new Set([
  ...['role', 'name', 'vars', 'tags', 'when', 'become', 'become_user', 'become_method'],
  ...['become_exe', 'become_flags', 'delegate_to', 'delegate_facts', 'environment', 'port'],
  ...['any_errors_fatal', 'check_mode', 'collections', 'connection', 'debugger', 'diff', 'timeout'],
  ...[
    'ignore_errors',
    'ignore_unreachable',
    'module_defaults',
    'no_log',
    'remote_user',
    'run_once',
  ],
  ...['throttle', 'src', 'scm', 'version'],
]);

export function extract(facts: PlaybookFacts): Extract {
  const into = open();
  for (const play of facts.plays) ofPlay(play, into);
  for (const task of facts.tasks) ofTasks(task, into);
  for (const root of facts.roots) {
    if (facts.kind === 'vars') {
      if (/(?:^|\/)argument_specs\.ya?ml$/.test(facts.path)) ofArgumentSpecs(root, into);
      else defineAll(root, root.of, 'vars', into);
    } else if (facts.kind === 'meta') {
      for (const role of listOf(childOf(root.of, 'dependencies'))) {
        ofRole({ ...root, of: role }, 'dependency', into);
      }
      ofArgumentSpecs(root, into);
      if (childOf(root.of, 'collections') !== undefined) into.namesCollections = true;
    }
  }
  if (facts.isFaulty || facts.text.startsWith('$ANSIBLE_VAULT')) into.definesUnknown = true;
  return into;
}

function ofPlay(play: Play, into: Writable<Extract>): void {
  if (play.keywords.has('collections')) into.namesCollections = true;
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
  into.tags.push(...tagsIn(keyword('tags')?.of));
  const vars = keyword('vars');
  if (vars !== undefined) defineAll(vars, vars.of, 'vars', into);
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
  into.tags.push(...tagsIn(childOf(map, 'tags')));
  for (const entry of map.entries) {
    if (ROLE_KEYWORDS.has(entry.name)) continue;
    if (entry.name === '<<') into.definesUnknown = true;
    else define(role, entry.key, 'parameter', into);
  }
  const vars = childOf(map, 'vars');
  if (vars !== undefined) defineAll(role, vars, 'parameter', into);
}

function ofArgumentSpecs(root: At<YamlNode>, into: Writable<Extract>): void {
  const specs = resolved(childOf(root.of, 'argument_specs') ?? root.of);
  if (specs.kind !== 'map') return;
  for (const spec of specs.entries) {
    const options = childOf(spec.value, 'options');
    if (options !== undefined) defineAll(root, options, 'argument_spec', into);
  }
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
    tags: [],
    addsHosts: false,
    namesCollections: false,
  };
}
