/** From changes of hosts to changes of files; intention.ts proves that they mean the same. */
import { join } from 'node:path';
import { RpiError } from '../errors.ts';
import type { TextChange } from '../formats/text-edit.ts';
import { setYamlEntries } from '../formats/yaml-edit.ts';
import { addHost, removeHost, setVariablesOfHosts, type HostVariables } from './edit.ts';
import type { Statement } from '../formats/inventory/statement.ts';
import { HostRefusal, readOnlyInventory } from './fault.ts';
import type { InventoryGraph } from './graph.ts';
import type { LoadedInventory } from './load.ts';
import { moveHost } from './move-host.ts';
import type { InventorySource } from './source.ts';

export type HostChange =
  | { readonly type: 'set'; readonly host: string; readonly vars: HostVariables }
  | {
      readonly type: 'add';
      readonly host: string;
      readonly group: string;
      readonly vars: HostVariables;
    }
  /** Into a group, with the text of its entry; `from` says out of which, where it is in several. */
  | {
      readonly type: 'move';
      readonly host: string;
      readonly group: string;
      readonly from?: string | undefined;
    }
  | { readonly type: 'remove'; readonly host: string };

export type FileChange = { readonly path: string; readonly change: TextChange };

/**
 * The files to edit for the changes. Throws `inventory.read-only` where one of them is not YAML
 * and `input.invalid` for a host that is (or is not) there.
 */
export function planFileChanges(
  loaded: LoadedInventory,
  inventoryPath: string,
  changes: readonly HostChange[],
): FileChange[] {
  const inline = new Map<string, Map<string, HostVariables>>();
  const others = changes.flatMap((change) => {
    switch (change.type) {
      case 'add':
        return [planAdd(loaded, inventoryPath, change)];
      case 'set':
        return planSet(loaded, change.host, change.vars, inline);
      case 'move':
        return planMove(loaded, change);
      case 'remove':
        return planRemove(loaded, change.host);
    }
  });
  // What is set in one file is set at once: one by one, each host would be a reading of the file.
  const together = [...inline].map(([path, hosts]): FileChange => ({
    path,
    change: (text) => setVariablesOfHosts(text, hosts),
  }));
  return [...together, ...others];
}

function planAdd(
  { sources, graph }: LoadedInventory,
  inventoryPath: string,
  { host, group, vars }: Extract<HostChange, { type: 'add' }>,
): FileChange {
  if (graph.hosts.has(host)) {
    throw new RpiError('input.invalid', `The host ${host} is in the inventory already.`, {
      remedy: 'Choose another name.',
    });
  }
  const change: TextChange = (text) => addHost(text, { group, name: host, vars });
  const home = sources.find((source) => source.format === 'yaml' && mentionsGroup(source, group));
  const first = home ?? sources.find((source) => source.format === 'yaml');
  if (first !== undefined) return { path: first.path, change };
  const [other] = sources;
  if (other?.path === inventoryPath) throw readOnlyInventory(inventoryPath);
  return { path: join(inventoryPath, 'hosts.yml'), change };
}

function mentionsGroup({ statements }: InventorySource, group: string): boolean {
  return statements.some((statement) => 'group' in statement && statement.group === group);
}

/**
 * A variable is set where it is set now: host_vars are stronger than the inventory. What goes into
 * the inventory itself is gathered in `together`, by path and host.
 */
function planSet(
  loaded: LoadedInventory,
  host: string,
  vars: HostVariables,
  together: Map<string, Map<string, HostVariables>>,
): FileChange[] {
  const inFiles = new Map<string, Record<string, HostVariables[string]>>();
  const inline: Record<string, HostVariables[string]> = {};
  const hostFiles = (loaded.layers.get(host) ?? []).filter(({ from }) => from === 'host_vars');
  for (const [name, value] of Object.entries(vars)) {
    const path = hostFiles.findLast(({ variables }) => variables.has(name))?.path;
    if (path === undefined) inline[name] = value;
    else inFiles.set(path, { ...inFiles.get(path), [name]: value });
  }
  const changes: FileChange[] = [...inFiles].map(([path, entries]) => ({
    path,
    change: (text) => setYamlEntries(text, [], entries),
  }));
  if (Object.keys(inline).length === 0) return changes;
  const declaring = loaded.sources.filter((source) => declares(source, host));
  const [home] = declaring.filter(({ format }) => format === 'yaml');
  if (home === undefined) throw readOnlyInventory(declaring[0]?.path ?? host);
  const hosts = together.get(home.path) ?? new Map<string, HostVariables>();
  together.set(home.path, hosts.set(host, { ...hosts.get(host), ...inline }));
  return changes;
}

function planRemove({ sources }: LoadedInventory, host: string): FileChange[] {
  return sources
    .filter((source) => declares(source, host))
    .map(({ path, format }) => {
      if (format !== 'yaml') throw readOnlyInventory(path);
      return { path, change: (text) => removeHost(text, host) };
    });
}

/** It stays in its file; the group is made there where that file has none of the name. */
function planMove(
  { sources, graph }: LoadedInventory,
  change: Extract<HostChange, { type: 'move' }>,
): FileChange[] {
  const { host, group } = change;
  if (!graph.hosts.has(host)) {
    throw new RpiError('input.invalid', `There is no host ${host} in the inventory.`, {
      remedy: 'rpi inventory list shows all.',
    });
  }
  const from = groupToLeave(graph, change);
  if (from === group) return [];
  const leaves = (statement: Statement): boolean =>
    statement.type === 'host' &&
    statement.host === host &&
    (from === UNGROUPED ? ['all', UNGROUPED].includes(statement.group) : statement.group === from);
  const [home, second] = sources.filter(({ statements }) => statements.some(leaves));
  if (home?.format !== 'yaml') throw readOnlyInventory(home?.path ?? host);
  if (second !== undefined) {
    throw new HostRefusal(
      'inventory.not-editable',
      host,
      `${host} stands in several files.`,
      `Move it by hand: it is in ${home.path} and in ${second.path}.`,
    );
  }
  return [{ path: home.path, change: (text) => moveHost(text, host, group, from) }];
}

const UNGROUPED = 'ungrouped';

/** The one group that lists it, or the one that was named. */
export function groupToLeave(
  graph: InventoryGraph,
  { host, from }: Pick<Extract<HostChange, { type: 'move' }>, 'host' | 'from'>,
): string {
  const groups = [...graph.groups.values()]
    .filter(({ name, hosts }) => name !== 'all' && hosts.has(host))
    .map(({ name }) => name);
  const [only = UNGROUPED, second] = groups;
  if (from === undefined && second === undefined) return only;
  const named = from === 'all' ? UNGROUPED : from;
  if (named !== undefined && groups.includes(named)) return named;
  const list = groups.join(', ');
  if (named !== undefined) {
    const says = `${host} does not stand in the group ${named}.`;
    throw new HostRefusal('input.invalid', host, says, `It stands in: ${list}.`);
  }
  const says = `${host} stands in several groups: ${list}.`;
  throw new HostRefusal('input.invalid', host, says, 'Say which one it is to leave: --from GROUP.');
}

function declares({ statements }: InventorySource, host: string): boolean {
  return statements.some((statement) => statement.type === 'host' && statement.host === host);
}
