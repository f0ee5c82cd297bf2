/** The variables that may be defined in a document, with where that is. */
import type { AnsibleProject } from '../../ansible-project/project.ts';
import { reachOf, reachOfTemplate } from '../../ansible-project/reach.ts';
import type { Extract, VariableDefinition } from '../../ansible-project/extract-types.ts';

export function reachableVariables(
  project: AnsibleProject | undefined,
  path: string,
  own: Extract | undefined,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, where } of reachableDefinitions(project, path, own)) {
    if (!found.has(name)) found.set(name, where);
  }
  for (const name of project?.hosts.variables ?? []) {
    if (!found.has(name)) found.set(name, 'inventory');
  }
  return found;
}

/** All of them, the document’s own first; `where` is a path below the project, or “here”. */
export function* reachableDefinitions(
  project: AnsibleProject | undefined,
  path: string,
  own: Extract | undefined,
): Generator<VariableDefinition & { readonly where: string }> {
  for (const each of own?.definitions ?? [])
    if (each.by !== 'fact') yield { ...each, where: 'here' };
  if (project === undefined) return;
  const isTemplate = project.templates.has(path);
  const reach = isTemplate ? reachOfTemplate(project, path) : reachOf(project, path);
  const everywhere = [...project.documents.keys()].filter((document) =>
    /\/(?:group_vars|host_vars)\//.test(document),
  );
  for (const document of new Set([...reach.documents, ...everywhere])) {
    const where = document.slice(project.root.length + 1);
    for (const each of project.documents.get(document)?.extract.definitions ?? []) {
      yield { ...each, where };
    }
  }
}
