/** Names that the project has: hosts, groups, handlers, roles, files, tags. */
import { dirname, relative } from 'node:path';
import type { AnsibleProject } from '../../ansible-project/project.ts';
import { roleFolderOf } from '../../ansible-project/project.ts';
import { reachOf } from '../../ansible-project/reach.ts';
import { playbookFolders } from '../../ansible-project/search-paths.ts';
import type { Completion, Completions } from '../../features.ts';
import type { PlaybookFacts } from '../facts.ts';
import { extractOf } from '../rules/project/project.ts';
import { bounded } from './bounded.ts';
import type { Level } from './level.ts';
import type { LinePlace } from './line-place.ts';

/** Undefined where the place asks for no such name. */
export function namesFor(
  place: LinePlace,
  level: Level,
  facts: PlaybookFacts,
  project: AnsibleProject | undefined,
): Completions | undefined {
  const key = place.valueOf ?? (place.isItem ? place.path.at(-1) : undefined);
  if (key === undefined) return undefined;
  const typed = facts.text.slice(place.value.start, place.value.end);
  const offer = (names: Iterable<string>, kind: Completion['kind'], detail?: string): Completions =>
    bounded(
      [...new Set(names)].map((name): Completion => ({
        label: name,
        kind,
        range: place.value,
        text: name,
        order: name,
        ...(detail === undefined ? {} : { detail }),
      })),
      typed,
    );
  const words = (names: Iterable<readonly [string, string]>): Completion[] =>
    [...names].map(([name, detail]) => ({
      label: name,
      kind: 'reference',
      detail,
      range: place.word,
      text: name,
      order: name,
    }));
  const isModule = level.kind === 'module';
  const module = isModule ? (level.path[0] ?? '') : key;
  const short = module.replace(/^ansible\.(?:builtin|legacy)\./, '');
  const isFileOption = isModule && ['file', 'src', 'name', 'cmd'].includes(key);
  if (!isModule) {
    if (key === 'hosts' && facts.kind === 'playbook') return words(targets(project));
    if (key === 'delegate_to') return words([...targets(project), ['localhost', 'this machine']]);
    if (key === 'notify') return offer(handlers(facts, project), 'reference', 'handler');
    if (key === 'tags') return offer(tags(facts, project), 'value', 'tag');
    if (key === 'roles' || key === 'role') return offer(roles(project), 'reference', 'role');
    if (key === 'vars_files') return offer(files(project, facts.path, 'vars'), 'file');
    if (short === 'import_playbook') return offer(playbooks(project, facts.path), 'file');
  }
  const part = /^(tasks|vars|defaults|handlers)_from$/.exec(key)?.[1];
  if (part !== undefined && isModule && /^(?:include|import)_role$/.test(short)) {
    return offer(partsOfRoles(project, facts.text, place, part), 'file');
  }
  if (key !== module && !isFileOption) return undefined;
  if (/^(?:include|import)_role$/.test(short)) {
    return key === 'name' ? offer(roles(project), 'reference', 'role') : undefined;
  }
  if (key === 'name') return undefined;
  if (/^(?:include|import)_tasks$/.test(short))
    return offer(files(project, facts.path, 'tasks'), 'file');
  if (short === 'include_vars') return offer(files(project, facts.path, 'vars'), 'file');
  if (key === module) return undefined;
  if (short === 'template') return offer(files(project, facts.path, 'templates'), 'file');
  if (['copy', 'unarchive', 'script'].includes(short)) {
    return offer(files(project, facts.path, 'files'), 'file');
  }
  return undefined;
}

function* targets(project: AnsibleProject | undefined): Generator<readonly [string, string]> {
  yield ['all', 'every host'];
  for (const { groups, hosts } of project?.hosts.inventories ?? []) {
    for (const [name, members] of Object.entries(groups)) {
      if (name !== 'ungrouped' && name !== 'all') {
        yield [name, members.length === 1 ? '1 host' : `${members.length} hosts`];
      }
    }
    for (const { name, address } of hosts) yield [name, address];
  }
}

function* handlers(facts: PlaybookFacts, project: AnsibleProject | undefined): Generator<string> {
  const others = project === undefined ? [] : reachOf(project, facts.path).handlers;
  for (const { names, isDynamic } of [...extractOf(facts).handlers, ...others]) {
    if (!isDynamic) yield* names;
  }
}

function* tags(facts: PlaybookFacts, project: AnsibleProject | undefined): Generator<string> {
  yield* ['always', 'never', ...extractOf(facts).tags];
  for (const { path, extract } of project?.documents.values() ?? []) {
    if (path !== facts.path) yield* extract.tags;
  }
}

/** Files that `tasks_from` and its kin can name: of the role that stands beside it, or of all. */
function* partsOfRoles(
  project: AnsibleProject | undefined,
  text: string,
  { value }: LinePlace,
  part: string,
): Generator<string> {
  const before = text.slice(0, value.start).split('\n').slice(-6).join('\n');
  const after = text.slice(value.end).split('\n', 6).join('\n');
  const name = /^\s*name:\s*["']?([\w./-]+)["']?\s*$/m;
  const beside = [...before.matchAll(new RegExp(name, 'gm'))].at(-1) ?? name.exec(after);
  const named = project?.roles.get(beside?.[1] ?? '');
  const folders = named ?? [...(project?.roles.values() ?? [])].flat();
  for (const file of project?.tree.files ?? []) {
    const folder = folders.find((each) => file.startsWith(`${each}/${part}/`));
    if (folder !== undefined) yield file.slice(`${folder}/${part}/`.length).replace(/\.ya?ml$/, '');
  }
}

/** Those of collections in the project too. */
function* roles(project: AnsibleProject | undefined): Generator<string> {
  if (project === undefined) return;
  yield* project.roles.keys();
  yield* project.local.roles.keys();
}

/** As they would be written: below the folder that is for them, in the role or beside a playbook. */
function files(
  project: AnsibleProject | undefined,
  path: string,
  folder: 'tasks' | 'vars' | 'templates' | 'files',
): string[] {
  if (project === undefined) return [];
  const role = roleFolderOf(path, project.root);
  const bases =
    role === undefined
      ? [...new Set([dirname(path), ...playbookFolders(project), project.root])]
      : [role];
  const found = new Set<string>();
  for (const file of project.tree.files) {
    if (file === path) continue;
    for (const base of bases) {
      const prefix = `${base}/${folder}/`;
      if (!file.startsWith(prefix)) continue;
      const below = file.slice(prefix.length);
      // Ansible looks into these folders by itself, but of variables and tasks only in a role.
      const isFound = role !== undefined || !['vars', 'tasks'].includes(folder);
      found.add(isFound ? below : relative(dirname(path), file));
    }
  }
  return [...found].sort();
}

function playbooks(project: AnsibleProject | undefined, path: string): string[] {
  return [...(project?.documents.values() ?? [])]
    .filter((document) => document.kind === 'playbook' && document.path !== path)
    .map((document) => relative(dirname(path), document.path));
}
