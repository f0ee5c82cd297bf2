/** Where Ansible looks for what a document names; all places that it may look at. */
import { dirname, isAbsolute, join } from 'node:path';
import type { PlaybookKind } from '../../formats/playbook/document-kind.ts';
import type { FileUse, RoleUse } from './extract-types.ts';
import { roleFolderOf, type AnsibleProject } from './project.ts';
import { existsIn } from './walk.ts';

const FOLDER_OF: Readonly<Record<FileUse['kind'], string>> = {
  tasks: 'tasks',
  playbook: 'playbooks',
  vars: 'vars',
  'vars-folder': 'vars',
  template: 'templates',
  file: 'files',
};

/** What a path made by a template can mean. */
const KINDS: Readonly<Partial<Record<FileUse['kind'], readonly PlaybookKind[]>>> = {
  tasks: ['tasks', 'handlers'],
  vars: ['vars'],
  playbook: ['playbook'],
};

/**
 * Paths at which the file may lie. Ansible looks beside the document, in the role and beside the
 * playbook that runs; as any playbook may, all of them are asked.
 */
export function candidates(
  project: AnsibleProject,
  from: string,
  use: Pick<FileUse, 'kind' | 'path'>,
): string[] {
  const { path, kind } = use;
  if (isAbsolute(path)) return [path];
  const folder = FOLDER_OF[kind];
  const role = roleFolderOf(from, project.root);
  if (kind === 'playbook') return [join(dirname(from), path), join(project.root, path)];
  const bases = new Set<string>();
  if (role !== undefined) {
    bases.add(role);
    bases.add(join(role, 'tasks'));
    if (kind === 'tasks' && /\/handlers\//.test(from)) bases.add(join(role, 'handlers'));
  }
  bases.add(dirname(from));
  for (const playbookFolder of playbookFolders(project)) bases.add(playbookFolder);
  bases.add(project.root);
  // Outside a role no folder of that name is gone into by itself for files of tasks.
  const isPlaybook = project.documents.get(from)?.kind === 'playbook';
  if (kind === 'tasks' && role === undefined && isPlaybook) {
    return [...bases].map((base) => join(base, path));
  }
  return [...bases].flatMap((base) => [join(base, folder, path), join(base, path)]);
}

const folders = new WeakMap<object, ReadonlySet<string>>();

/** The folders of all playbooks. */
export function playbookFolders(project: AnsibleProject): ReadonlySet<string> {
  const known = folders.get(project.shape);
  if (known !== undefined) return known;
  const found = new Set<string>();
  for (const { path, kind } of project.documents.values()) {
    if (kind === 'playbook') found.add(dirname(path));
  }
  folders.set(project.shape, found);
  return found;
}

/** What of the candidates is there; undefined where some place can't be looked at. */
export function found(
  project: AnsibleProject,
  places: readonly string[],
): { readonly paths: readonly string[] } | undefined {
  const paths: string[] = [];
  let isUnsure = false;
  for (const place of places) {
    const there = existsIn(project.tree, place);
    if (there === true) paths.push(place);
    else if (there === undefined) isUnsure = true;
  }
  return paths.length === 0 && isUnsure ? undefined : { paths: [...new Set(paths)] };
}

/**
 * The documents that a use may mean. `isUnknown`: nothing can be said of it. A path with templates
 * is a pattern: what they make may be anything, but its place is fixed by what stands before them.
 */
export function targetsOf(
  project: AnsibleProject,
  from: string,
  use: FileUse,
): { readonly paths: readonly string[]; readonly isUnknown: boolean } {
  const choices = use.alternatives ?? [use.path];
  const paths = new Set<string>();
  let isUnknown = false;
  for (const path of choices) {
    const matches = pathsOf(project, from, { ...use, path });
    if (matches === undefined) isUnknown = true;
    for (const each of matches ?? []) paths.add(each);
  }
  return { paths: [...paths], isUnknown };
}

function pathsOf(
  project: AnsibleProject,
  from: string,
  use: Pick<FileUse, 'kind' | 'path'>,
): readonly string[] | undefined {
  const path = knownPath(project, from, use.path);
  if (use.kind === 'vars-folder') {
    if (path.includes('{{')) return undefined;
    const places = new Set(candidates(project, from, { ...use, path }));
    return [...project.tree.files].filter((file) =>
      [...places].some((at) => file.startsWith(`${at}/`)),
    );
  }
  if (!/\{[{%]/.test(path))
    return found(project, candidates(project, from, { ...use, path }))?.paths;
  // `{{ anything }}` may be a path of its own.
  if (/^\s*\{[{%][^}]*[%}]\}\s*$/.test(path) || (/^\{\{/.test(path.trim()) && path.includes('/')))
    return undefined;
  const pattern = new RegExp(
    `^(?:${candidates(project, from, {
      ...use,
      path: path.replace(/\{\{.*?\}\}|\{%.*?%\}/gs, '\uE000'),
    })
      .map((place) =>
        place.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`).replaceAll('\uE000', '[^/]*'),
      )
      .join('|')})$`,
  );
  const kinds = KINDS[use.kind];
  const matches = [...project.tree.files].filter((file) => {
    if (!pattern.test(file)) return false;
    const kind = project.documents.get(file)?.kind;
    return kinds === undefined || (kind !== undefined && kinds.includes(kind));
  });
  return matches.length === 0 ? undefined : matches;
}

/** The path with what is certain filled in: where playbook and role are. */
export function knownPath(project: AnsibleProject, from: string, path: string): string {
  const role = roleFolderOf(from, project.root);
  const isPlaybook = project.documents.get(from)?.kind === 'playbook';
  return path
    .replace(/\{\{\s*role_path\s*\}\}/g, (whole) => role ?? whole)
    .replace(/\{\{\s*playbook_dir\s*\}\}/g, (whole) => (isPlaybook ? dirname(from) : whole));
}

/** The folders of the role; undefined where it may be elsewhere. */
export function roleFolders(
  project: AnsibleProject,
  from: string,
  { name, isDynamic }: Pick<RoleUse, 'name' | 'isDynamic'>,
): readonly string[] | undefined {
  if (isDynamic) return undefined;
  if (name.includes('/')) {
    const places = [
      join(dirname(from), name),
      join(project.root, name),
      join(dirname(from), 'roles', name),
    ];
    if (isAbsolute(name)) places.unshift(name);
    return found(project, places)?.paths;
  }
  const folders = project.roles.get(name);
  if (folders !== undefined) return folders;
  if (project.required.has(name) || name.includes('.')) return undefined;
  return [];
}

/** The documents that a role brings when it is used so. */
export function roleDocuments(
  project: AnsibleProject,
  folder: string,
  use: Pick<RoleUse, 'from'>,
): string[] {
  const main = (part: 'tasks' | 'vars' | 'defaults' | 'handlers' | 'meta'): string[] => {
    const named = part === 'meta' ? undefined : use.from[part];
    if (named?.isDynamic === true) {
      return [...project.documents.keys()].filter((path) => path.startsWith(`${folder}/${part}/`));
    }
    const base = named === undefined ? 'main' : named.path;
    return [base, `${base}.yml`, `${base}.yaml`]
      .map((file) => join(folder, part, file))
      .filter((path) => project.documents.has(path));
  };
  const inFolders = [...project.documents.keys()].filter(
    (path) =>
      /\/(?:vars|defaults)\/main\/|\/meta\/argument_specs\./.test(path) &&
      path.startsWith(`${folder}/`),
  );
  return [
    ...main('tasks'),
    ...main('vars'),
    ...main('defaults'),
    ...main('handlers'),
    ...main('meta'),
    ...inFolders,
  ];
}
