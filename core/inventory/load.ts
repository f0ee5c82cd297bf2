/** Loads a project's inventory: files, groups, variables, resolved to hosts. */
import type { RpiError } from '../errors.ts';
import type { Project } from '../project/project.ts';
import { invalidInventory } from './fault.ts';
import { filesOnDisk, type InventoryFiles } from './files.ts';
import { buildGraph, GroupLoopError, hostsOfGroup, type InventoryGraph } from './graph.ts';
import type { Inventory, InventoryHost } from './host.ts';
import { hostOf } from './resolve-host.ts';
import type { ProgramAnswers } from './programs.ts';
import { readSources, type InventorySource, type Programs } from './source.ts';
import {
  inventoryFolder,
  layersOfHost,
  mergeLayers,
  variableFolders,
  type VariableLayer,
} from './variables.ts';

export { selectAdopted, selectHosts } from './select.ts';

/** An inventory with the way it came about: what edits need to know. */
export type LoadedInventory = {
  readonly inventory: Inventory;
  readonly sources: readonly InventorySource[];
  readonly graph: InventoryGraph;
  /** The layers of each host's variables, weakest first. */
  readonly layers: ReadonlyMap<string, readonly VariableLayer[]>;
};

/**
 * The project's inventory. Throws `inventory.not-found`, and `inventory.invalid` naming file,
 * line and column. Inventories that are programs are run only where `programs` is given (a
 * Context will do); otherwise they are `inventory.read-only`.
 */
export async function loadInventory(project: Project, programs?: Programs): Promise<Inventory> {
  return (await readInventory(project, { programs })).inventory;
}

/** As loadInventory, with sources and layers, and from other texts than those on the disk. */
export async function readInventory(
  project: Pick<Project, 'root' | 'inventory'>,
  options: {
    readonly files?: InventoryFiles;
    readonly programs?: Programs | undefined;
    /** Instead of running programs: what they have said. One that is awaited says nothing yet. */
    readonly answers?: ProgramAnswers | undefined;
    /** Takes the errors of inventories that are programs and not run; the others are read. */
    readonly leftOut?: (error: RpiError) => void;
  } = {},
): Promise<LoadedInventory> {
  const { files = filesOnDisk, programs, answers, leftOut } = options;
  const sources = await readSources(project.inventory, files, { programs, answers, leftOut });
  const graph = graphOf(project.inventory, sources);
  const isFolder = (await files.list(project.inventory)) !== undefined;
  const beside = inventoryFolder(project.inventory, isFolder);
  const folders = {
    besideInventory: [variableFolders(beside, files)],
    besidePlaybooks: beside === project.root ? [] : [variableFolders(project.root, files)],
  };
  const layers = new Map<string, readonly VariableLayer[]>();
  const hosts: InventoryHost[] = [];
  for (const host of graph.hosts.values()) {
    const ofHost = await layersOfHost(graph, host, folders);
    layers.set(host.name, ofHost);
    hosts.push(hostOf(host, mergeLayers(ofHost)));
  }
  const groups = Object.fromEntries(
    [...graph.groups.keys()].map((name) => [name, hostsOfGroup(graph, name)]),
  );
  return { inventory: { hosts, groups }, sources, graph, layers };
}

function graphOf(path: string, sources: readonly InventorySource[]): InventoryGraph {
  try {
    return buildGraph(sources.flatMap((source) => [...source.statements]));
  } catch (error) {
    if (!(error instanceof GroupLoopError)) throw error;
    throw invalidInventory(path, [{ message: error.message }]);
  }
}
