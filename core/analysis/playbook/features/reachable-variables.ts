/** The variables that may be defined in a document, with where that is. */
import type { AnsibleProject } from '../../ansible-project/project.ts';
import { reachOf, reachOfTemplate } from '../../ansible-project/reach.ts';
import type { Extract } from '../../ansible-project/extract-types.ts';

export function reachableVariables(
  project: AnsibleProject | undefined,
  path: string,
  own: Extract | undefined,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, by } of own?.definitions ?? []) if (by !== 'fact') found.set(name, 'here');
  if (project === undefined) return found;
  const isTemplate = project.templates.has(path);
  const reach = isTemplate ? reachOfTemplate(project, path) : reachOf(project, path);
  const add = (document: string): void => {
    const where = document.slice(project.root.length + 1);
    for (const { name } of project.documents.get(document)?.extract.definitions ?? []) {
      if (!found.has(name)) found.set(name, where);
    }
  };
  for (const document of reach.documents) add(document);
  for (const document of project.documents.keys()) {
    if (/\/(?:group_vars|host_vars)\//.test(document)) add(document);
  }
  for (const name of project.hosts.variables) if (!found.has(name)) found.set(name, 'inventory');
  return found;
}
