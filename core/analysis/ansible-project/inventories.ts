/** The inventories of a project: those that are named, and those that look like one. */
import type { Inventory } from '../../inventory/host.ts';
import type { InventoryFiles } from '../../inventory/files.ts';
import { readInventory } from '../../inventory/load.ts';
import { readInventoryText } from '../inventory/facts.ts';
import type { AnsibleCfg } from './ansible-cfg.ts';
import type { GroupMembership, ProjectInventories } from './project.ts';
import type { ProjectTree } from './walk.ts';

export function isInventoryName(below: string): boolean {
  return (
    /^(?:(?:inventor(?:y|ies)|environments)\/(?:[^/]+\/)*)?(?:hosts|inventory)(?:\.(?:ya?ml|ini|json))?$/.test(
      below,
    ) || /^inventor(?:y|ies)\/(?:[^/]+\/)?[^/]+\.(?:ya?ml|ini)$/.test(below)
  );
}

/** What Ansible passes over in the folder of an inventory: core/inventory/source.ts. */
const NO_INVENTORY =
  /(?:^|\/)\.|\/(?:group_vars|host_vars|vars_plugins)\/|(?:\.pyc|\.pyo|\.swp|\.bak|~|\.rpm|\.md|\.txt|\.rst|\.orig|\.ini|\.cfg|\.retry)$/;

function isPartOf(path: string, inventory: string): boolean {
  if (path === inventory) return true;
  return path.startsWith(`${inventory}/`) && !NO_INVENTORY.test(path.slice(inventory.length));
}

/** Those that are named, and those that look like one. */
export async function inventoriesOf(
  tree: ProjectTree,
  cfg: AnsibleCfg,
  files: InventoryFiles,
  named: string | undefined,
): Promise<ProjectInventories> {
  const paths = new Set<string>([...(named === undefined ? [] : [named]), ...cfg.inventories]);
  const own = [...paths];
  for (const path of tree.files) {
    const below = path.slice(tree.root.length + 1);
    if (!isInventoryName(below) || own.some((each) => path.startsWith(`${each}/`))) continue;
    if (!/(?:^|\/)(?:group_vars|host_vars)\//.test(below)) paths.add(path);
  }
  const inventories: Inventory[] = [];
  const variables = new Set<string>();
  let isComplete = true;
  for (const path of paths) {
    if (!tree.files.has(path) && !tree.folders.has(path)) {
      // A missing one is no inventory; outside of the project nothing is known.
      if (!path.startsWith(`${tree.root}/`)) isComplete = false;
      continue;
    }
    try {
      const loaded = await readInventory(
        { root: tree.root, inventory: path },
        {
          files,
          leftOut: () => {
            isComplete = false;
          },
        },
      );
      inventories.push(loaded.inventory);
      for (const group of loaded.graph.groups.values()) {
        for (const name of group.variables.keys()) variables.add(name);
      }
      for (const host of loaded.graph.hosts.values()) {
        for (const name of host.variables.keys()) variables.add(name);
      }
    } catch {
      isComplete = false;
    }
  }
  const members = new Map<string, readonly GroupMembership[]>();
  for (const path of tree.files) {
    if (![...paths].some((each) => isPartOf(path, each))) continue;
    const text = (await files.read(path).catch(() => undefined)) ?? '';
    const { groups } = readInventoryText(text, path);
    members.set(
      path,
      groups.flatMap(({ name, parent }) =>
        parent === undefined ? [] : [{ group: parent, child: name }],
      ),
    );
  }
  return { inventories, paths: [...paths], files: members, isComplete, variables };
}
