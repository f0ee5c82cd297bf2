/** What the rules for inventories and rpi.yml need to know, out of the project's index. */
import { join } from 'node:path';
import type { InventoryProject } from '../inventory/project.ts';
import type { RpiYmlProject } from '../rpi-yml/project.ts';
import type { AnsibleProject } from './project.ts';
import { existsIn } from './walk.ts';

/** For the rpi.yml at the root of the project. */
export function rpiYmlProjectOf({ root, tree, hosts }: AnsibleProject): RpiYmlProject {
  const groups = new Set(hosts.inventories.flatMap((inventory) => Object.keys(inventory.groups)));
  return {
    // What can't be looked at is not missing.
    exists: (path) => existsIn(tree, join(root, path)) !== false,
    ...(hosts.isComplete ? { groups } : {}),
    files: [...tree.files].map((path) => path.slice(root.length + 1)).sort(),
  };
}

/** For the inventory file at the path: what the others of the project say. */
export function inventoryProjectOf({ hosts }: AnsibleProject, path: string): InventoryProject {
  const own = hosts.paths.filter((each) => path === each || path.startsWith(`${each}/`));
  const children = [...hosts.files]
    .filter(([file]) => file !== path && own.some((each) => file.startsWith(`${each}/`)))
    .flatMap(([, members]) => members);
  return { children };
}

/** Whether the file is read as (a part of) an inventory. */
export function isInventoryFile({ hosts }: AnsibleProject, path: string): boolean {
  return hosts.files.has(path);
}
