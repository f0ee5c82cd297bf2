/** From changes of hosts to changes of files, and the proof that they mean the same. */
import { join } from 'node:path';
import { RpiError } from '../errors.ts';
import type { TextChange } from '../formats/text-edit.ts';
import { setYamlEntries } from '../formats/yaml-edit.ts';
import { equalValues } from '../formats/yaml-expect.ts';
import { addHost, removeHost, setVariablesOfHosts, type HostVariables } from './edit.ts';
import { readOnlyInventory } from './fault.ts';
import type { Inventory, InventoryHost } from './host.ts';
import type { LoadedInventory } from './load.ts';
import type { InventorySource } from './source.ts';

export type HostChange =
  | { readonly type: 'set'; readonly host: string; readonly vars: HostVariables }
  | {
      readonly type: 'add';
      readonly host: string;
      readonly group: string;
      readonly vars: HostVariables;
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

function declares({ statements }: InventorySource, host: string): boolean {
  return statements.some((statement) => statement.type === 'host' && statement.host === host);
}

/**
 * Throws `inventory.not-editable` unless `after` is `before` with exactly the changes: no other
 * host's variables or groups differ, and the changed ones have what was meant.
 */
export function checkIntention(
  before: Inventory,
  after: Inventory,
  changes: readonly HostChange[],
): void {
  const expected = new Map(before.hosts.map((host) => [host.name, expectedHost(host)]));
  for (const change of changes) {
    if (change.type === 'remove') expected.delete(change.host);
    else {
      const host = expected.get(change.host) ?? { vars: undefined, groups: undefined };
      expected.set(change.host, {
        groups: change.type === 'add' ? new Set([change.group]) : host.groups,
        vars: change.type === 'add' ? change.vars : mergeVariables(host.vars, change.vars),
        isNew: change.type === 'add',
      });
    }
  }
  const actual = new Map(after.hosts.map((host) => [host.name, host]));
  for (const name of new Set([...expected.keys(), ...actual.keys()])) {
    const want = expected.get(name);
    const have = actual.get(name);
    if (want === undefined || have === undefined || !isAsMeant(want, have)) {
      throw new RpiError(
        'inventory.not-editable',
        `The change would not come out as meant for ${name}: another file or group, or a range, also sets it.`,
        { remedy: 'Nothing was written. Make the change by hand.' },
      );
    }
  }
}

type ExpectedHost = {
  readonly vars: Readonly<Record<string, unknown>> | undefined;
  readonly groups: ReadonlySet<string> | undefined;
  readonly isNew?: boolean;
};

function expectedHost(host: InventoryHost): ExpectedHost {
  return { vars: host.variables, groups: new Set(host.groups) };
}

function mergeVariables(
  before: Readonly<Record<string, unknown>> | undefined,
  vars: HostVariables,
): Record<string, unknown> {
  return { ...before, ...vars };
}

function isAsMeant(want: ExpectedHost, have: InventoryHost): boolean {
  for (const [name, value] of Object.entries(want.vars ?? {})) {
    // What a person removed from the host may still come from a group.
    if (value !== undefined && !equalValues(value, have.variables[name])) return false;
  }
  if (want.isNew === true) return [...(want.groups ?? [])].every((g) => have.groups.includes(g));
  const known = new Set(Object.keys(want.vars ?? {}));
  if (Object.keys(have.variables).some((name) => !known.has(name))) return false;
  return want.groups?.size === have.groups.length && have.groups.every((g) => want.groups?.has(g));
}
