/** All at once, for who has no background: what the Ansible on this machine says of some modules. */
import { loadAnsibleFacts, type AnsibleFacts } from '../../data/ansible-facts.ts';
import type { Project } from '../../project/project.ts';
import { openInstalledDocs, type DocsContext } from './installed-docs.ts';
import { withInstalled } from './with-installed.ts';

const BUILTIN = 'ansible.builtin';

/**
 * The bundled facts with those of the Ansible that is used in the folder over them: its own modules,
 * and those of the collections that `modules` (full names) are of. Undefined where no Ansible is
 * installed. What was read once comes out of the cache. Throws as openInstalledDocs.
 */
export async function installedFacts(
  folder: string,
  project: Pick<Project, 'root' | 'config'> | undefined,
  modules: Promise<Iterable<string>>,
  context: DocsContext,
): Promise<AnsibleFacts | undefined> {
  const [docs, used, bundled] = await Promise.all([
    openInstalledDocs(folder, project, context),
    modules,
    loadAnsibleFacts(),
  ]);
  if (docs === undefined) return undefined;
  const collections = [];
  for (const name of collectionsOf(used)) {
    const collection = await docs.collection(name);
    if (collection !== undefined) collections.push(collection);
  }
  return withInstalled(bundled, docs.names, collections);
}

function collectionsOf(modules: Iterable<string>): ReadonlySet<string> {
  const names = new Set([BUILTIN]);
  for (const module of modules) {
    const [namespace, name, ...rest] = module.split('.');
    if (namespace !== undefined && name !== undefined && rest.length > 0) {
      names.add(`${namespace}.${name}`);
    }
  }
  return names;
}
