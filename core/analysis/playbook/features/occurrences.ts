/** All places of the project where something stands that has a name. */
import { ansibleKindOf, readDocument } from '../../ansible-project/read-document.ts';
import type { AnsibleProject } from '../../ansible-project/project.ts';
import { roleFolderOf } from '../../ansible-project/project.ts';
import { reachOf, reachOfTemplate } from '../../ansible-project/reach.ts';
import { readTemplateNames } from './template-text.ts';
import type { Named, Occurrence, ReadText } from '../../features.ts';
import { readInventoryText } from '../../inventory/facts.ts';
import { readRpiYml } from '../../rpi-yml/facts.ts';
import { groupsIn } from '../../rpi-yml/files.ts';
import { namesInInventory } from './inventory-features.ts';
import { fileOccurrences, pluginDefinition, roleDefinition } from './definitions.ts';
import { namesIn, within, type NamedOccurrence } from './names.ts';

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
  if (only === 'definitions') {
    const { kind } = named;
    if (kind === 'role') return roleDefinition(named, project, path, read);
    if (kind === 'module' || kind === 'filter' || kind === 'test' || kind === 'lookup') {
      return pluginDefinition(kind, named.name, project, read);
    }
  }
  if (named.kind === 'file') return fileOccurrences(named.path ?? '', project, read);
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
  } else if (path === settingsOf(project)) {
    for (const { name, start, end } of groupsIn(readRpiYml(text))) {
      yield* within(text, { start, end }, name, 'group', false);
    }
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
    const others = only === undefined ? [...documents, settingsOf(project)] : [];
    return [...new Set([path, ...inventories, ...others, ...templates])];
  }
  if (kind === 'role' || kind === 'tag' || kind === 'module') return documents;
  if (kind === 'filter' || kind === 'test' || kind === 'lookup')
    return [...documents, ...templates];
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

const settingsOf = ({ root }: AnsibleProject): string => `${root}/rpi.yml`;
