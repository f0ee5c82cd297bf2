/** The folders of a project that are roles. */
import { basename, dirname, join } from 'node:path';
import type { AnsibleCfg } from './ansible-cfg.ts';
import type { ProjectTree } from './walk.ts';

const ROLE_PARTS = ['tasks', 'handlers', 'defaults', 'vars', 'meta', 'templates', 'files'];

/** Every folder that is a role: in a folder of roles, or with a role's parts. */
export function rolesOf(tree: ProjectTree, cfg: AnsibleCfg): Map<string, string[]> {
  const roles = new Map<string, string[]>();
  for (const folder of tree.folders) {
    const parent = dirname(folder);
    const isRole =
      basename(parent) === 'roles' ||
      cfg.rolesPath.includes(parent) ||
      ['tasks', 'defaults', 'meta'].some((part) =>
        ['main.yml', 'main.yaml'].some((name) => tree.files.has(join(folder, part, name))),
      );
    const name = basename(folder);
    if (!isRole || folder === tree.root || ROLE_PARTS.includes(name)) continue;
    roles.set(name, [...(roles.get(name) ?? []), folder]);
  }
  return roles;
}
