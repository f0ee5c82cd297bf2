/** All places of the project where something stands that has a name. */
import { ansibleKindOf, readDocument } from '../../ansible-project/read-document.ts';
import type { AnsibleProject } from '../../ansible-project/project.ts';
import { roleFolderOf } from '../../ansible-project/project.ts';
import { reachOf, reachOfTemplate } from '../../ansible-project/reach.ts';
import { roleFolders } from '../../ansible-project/search-paths.ts';
import { readTemplateNames } from './template-text.ts';
import type { Named, Occurrence, ReadText } from '../../features.ts';
import { readInventoryText } from '../../inventory/facts.ts';
import { namesInInventory } from './inventory-features.ts';
import { namesIn, type NamedOccurrence } from './names.ts';

/**
 * In the order of the paths and texts. Variables and handlers are looked for in what may run
 * together with the document at `path`; other playbooks may have others of the same name.
 */
export async function occurrences(
  named: Named,
  project: AnsibleProject,
  path: string,
  read: ReadText,
  only?: 'definitions',
): Promise<Occurrence[]> {
  if (named.kind === 'role' && only === 'definitions') return roleDefinition(named, project, path);
  const paths = pathsOf(named, project, path, only).sort();
  const found: Occurrence[] = [];
  for (const each of paths) {
    const text = await read(each);
    // Most files have nothing of it.
    const mayBeRange = only === 'definitions' && project.hosts.files.has(each);
    if (text === undefined || (!mayBeRange && !text.includes(named.name))) continue;
    const seen = new Set<number>();
    for (const one of namesOf(project, each, text, mayBeRange)) {
      if (one.name !== named.name || !isSameKind(one, named) || seen.has(one.start)) continue;
      if (only === 'definitions' && !one.isDefinition) continue;
      seen.add(one.start);
      found.push({ path: each, start: one.start, end: one.end, isDefinition: one.isDefinition });
    }
  }
  if (only === 'definitions') return found;
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.start - b.start));
}

/** A word of a pattern is a host or a group: the inventory has no two of the same name. */
function isSameKind(a: NamedOccurrence, b: Named): boolean {
  const kind = (each: Named['kind']): string => (each === 'host' ? 'group' : each);
  return kind(a.kind) === kind(b.kind);
}

function* namesOf(
  project: AnsibleProject,
  path: string,
  text: string,
  expand: boolean,
): Generator<NamedOccurrence> {
  const document = project.documents.get(path);
  if (document !== undefined) {
    yield* namesIn(readDocument(path, text, document.kind, project.knowledge));
  } else if (project.templates.has(path)) {
    yield* readTemplateNames(path, text);
  } else if (project.hosts.files.has(path)) {
    yield* namesInInventory(readInventoryText(text, path), expand);
  } else {
    // A document that is new, and not in the index yet.
    const kind = ansibleKindOf(path, text, { root: project.root });
    if (kind !== undefined) yield* namesIn(readDocument(path, text, kind, project.knowledge));
  }
}

function pathsOf(
  { kind }: Named,
  project: AnsibleProject,
  path: string,
  only: 'definitions' | undefined,
): string[] {
  const documents = [...project.documents.keys()];
  const templates = only === 'definitions' ? [] : [...project.templates.keys()];
  const inventories = [...project.hosts.files.keys()];
  if (kind === 'host' || kind === 'group') {
    return [
      ...new Set([path, ...inventories, ...(only === undefined ? documents : []), ...templates]),
    ];
  }
  if (kind === 'role') return documents;
  const reach = project.templates.has(path)
    ? reachOfTemplate(project, path)
    : reachOf(project, path);
  const isEverywhere = (each: string): boolean => /\/(?:group_vars|host_vars)\//.test(each);
  const together =
    reach.isReached && !isEverywhere(path) && !inventories.includes(path)
      ? documents.filter((each) => reach.documents.has(each) || isEverywhere(each))
      : documents;
  if (kind === 'handler') return [...new Set([path, ...together])];
  const roles = new Set(together.map((each) => roleFolderOf(each, project.root)));
  const near = templates.filter((each) => roles.has(project.templates.get(each)?.role));
  return [...new Set([path, ...together, ...near, ...inventories])];
}

function roleDefinition({ name }: Named, project: AnsibleProject, path: string): Occurrence[] {
  const folders = roleFolders(project, path, { name, isDynamic: false }) ?? [];
  return folders.flatMap((folder) => {
    const parts = ['tasks', 'meta', 'defaults', 'handlers', 'vars'];
    const files = parts.flatMap((part) => [
      `${folder}/${part}/main.yml`,
      `${folder}/${part}/main.yaml`,
    ]);
    const first = files.find((file) => project.tree.files.has(file));
    return first === undefined ? [] : [{ path: first, start: 0, end: 0, isDefinition: true }];
  });
}
