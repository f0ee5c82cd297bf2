/**
 * The variables of hosts, merged as Ansible does (ansible/vars/manager.py, VARIABLE_PRECEDENCE):
 *
 *     all inline < groups inline < group_vars/all < group_vars of groups < host inline < host_vars
 *
 * each of the files beside the inventory before those beside the playbooks; groups by depth,
 * ansible_group_priority and name. A later value replaces an earlier one whole.
 */
import { dirname, extname, join } from 'node:path';
import { parseAnsibleYaml, plainValue, valueOf } from '../formats/inventory/ansible-yaml.ts';
import { invalidInventory } from './fault.ts';
import type { FolderEntry, InventoryFiles } from './files.ts';
import { groupsInOrder, type GraphHost, type InventoryGraph } from './graph.ts';

/** The variables of one place, for one host. */
export type VariableLayer = {
  readonly from: 'inventory' | 'group_vars' | 'host_vars';
  /** Whose: a group's or the host's own. */
  readonly of: string;
  /** The file, where it is a file of its own. */
  readonly path?: string;
  readonly variables: ReadonlyMap<string, unknown>;
};

export type VariableFolders = {
  /** The files about a group or host, in the order in which they are merged. */
  readonly layersOf: (
    kind: 'group_vars' | 'host_vars',
    name: string,
  ) => Promise<readonly VariableLayer[]>;
};

const EXTENSIONS = ['', '.yml', '.yaml', '.json'];

/** The group_vars and host_vars of one folder, each file read once. */
export function variableFolders(folder: string, files: InventoryFiles): VariableFolders {
  const listings = new Map<string, Promise<readonly FolderEntry[] | undefined>>();
  const read = new Map<string, Promise<readonly VariableLayer[]>>();

  const listOnce = (path: string): Promise<readonly FolderEntry[] | undefined> => {
    const listing = listings.get(path) ?? files.list(path);
    listings.set(path, listing);
    return listing;
  };

  const load = async (
    kind: 'group_vars' | 'host_vars',
    name: string,
  ): Promise<readonly VariableLayer[]> => {
    const base = join(folder, kind);
    // A host may be named by a path (a chroot); there are no files about those.
    if (name.includes('/') || name.includes('\\') || name === '..') return [];
    const entries = (await listOnce(base)) ?? [];
    for (const extension of EXTENSIONS) {
      const entry = entries.find((candidate) => candidate.name === `${name}${extension}`);
      if (entry === undefined) continue;
      const path = join(base, entry.name);
      const paths = entry.isFolder ? await filesBelow(path, files) : [path];
      return Promise.all(
        paths.map(async (file) => ({
          from: kind,
          of: name,
          path: file,
          variables: await readVariables(file, files),
        })),
      );
    }
    return [];
  };

  return {
    layersOf: (kind, name) => {
      const key = `${kind}/${name}`;
      const layers = read.get(key) ?? load(kind, name);
      read.set(key, layers);
      return layers;
    },
  };
}

async function filesBelow(folder: string, files: InventoryFiles): Promise<string[]> {
  const found: string[] = [];
  for (const { name, isFolder } of (await files.list(folder)) ?? []) {
    if (name.startsWith('.') || name.endsWith('~')) continue;
    const extension = extname(name);
    if (isFolder && extension === '') found.push(...(await filesBelow(join(folder, name), files)));
    else if (!isFolder && EXTENSIONS.includes(extension)) found.push(join(folder, name));
  }
  return found;
}

/** A file of variables. A vault-encrypted one is opaque: it tells nothing. */
async function readVariables(
  path: string,
  files: InventoryFiles,
): Promise<ReadonlyMap<string, unknown>> {
  const text = (await files.read(path)) ?? '';
  if (text.startsWith('$ANSIBLE_VAULT;')) return new Map();
  const yaml = parseAnsibleYaml(text);
  if (yaml.faults.length > 0) throw invalidInventory(path, yaml.faults);
  let value: unknown;
  try {
    value = valueOf(yaml.document);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw invalidInventory(path, [{ message, line: 1, column: 1 }]);
  }
  if (value === null || value === undefined) return new Map();
  if (!(value instanceof Map)) {
    const position = yaml.positionOf(yaml.document.contents?.range[0] ?? 0);
    throw invalidInventory(path, [{ message: 'variables are a mapping', ...position }]);
  }
  const entries = [...(value as Map<unknown, unknown>)];
  return new Map(entries.map(([key, item]) => [String(key), plainValue(item)]));
}

/** The layers of a host, weakest first. `besideInventory` before `besidePlaybooks`. */
export async function layersOfHost(
  graph: InventoryGraph,
  host: GraphHost,
  folders: {
    readonly besideInventory: readonly VariableFolders[];
    readonly besidePlaybooks: readonly VariableFolders[];
  },
): Promise<VariableLayer[]> {
  const ordered = [...folders.besideInventory, ...folders.besidePlaybooks];
  const groups = groupsInOrder(graph, host);
  const all = graph.groups.get('all');
  const inline = (of: string, variables: ReadonlyMap<string, unknown>): VariableLayer => ({
    from: 'inventory',
    of,
    variables,
  });
  const layers: VariableLayer[] = [inline('all', all?.variables ?? new Map<string, unknown>())];
  for (const group of groups) layers.push(inline(group.name, group.variables));
  for (const folder of ordered) layers.push(...(await folder.layersOf('group_vars', 'all')));
  for (const folder of ordered) {
    for (const group of groups) layers.push(...(await folder.layersOf('group_vars', group.name)));
  }
  layers.push(inline(host.name, host.variables));
  for (const folder of ordered) layers.push(...(await folder.layersOf('host_vars', host.name)));
  return layers;
}

/** The merged variables of a host. */
export function mergeLayers(layers: readonly VariableLayer[]): Record<string, unknown> {
  return Object.fromEntries(layers.flatMap((layer) => [...layer.variables]));
}

/** The folders whose group_vars and host_vars hold for an inventory at `path`. */
export function inventoryFolder(path: string, isFolder: boolean): string {
  return isFolder ? path : dirname(path);
}
