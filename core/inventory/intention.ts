/** The proof that an edited inventory says what was meant, and nothing else. */
import { equalValues } from '../formats/yaml-expect.ts';
import type { HostVariables } from './edit.ts';
import { HostRefusal } from './fault.ts';
import type { InventoryGraph } from './graph.ts';
import type { InventoryHost } from './host.ts';
import type { LoadedInventory } from './load.ts';
import { groupToLeave, type HostChange } from './plan.ts';
import { mergeLayers } from './variables.ts';

/**
 * Throws `inventory.not-editable` unless `after` is `before` with exactly the changes: no other
 * host's variables or groups differ, and the changed ones have what was meant. A host that moved
 * also has the variables of its group, as long as it is reached as before.
 */
export function checkIntention(
  before: LoadedInventory,
  after: LoadedInventory,
  changes: readonly HostChange[],
): void {
  const expected = expectedHosts(before, changes);
  const actual = new Map(after.inventory.hosts.map((host) => [host.name, host]));
  for (const name of new Set([...expected.keys(), ...actual.keys()])) {
    const want = expected.get(name);
    const have = actual.get(name);
    if (want === undefined || have === undefined || !isAsMeant(want, have, after)) {
      throw new HostRefusal(
        'inventory.not-editable',
        name,
        `The change would not come out as meant for ${name}: another file or group, or a range, also sets it.`,
        BY_HAND,
      );
    }
    if (want.is === 'moved') refuseOtherWay(want, have);
  }
}

const BY_HAND = 'Nothing was written. Make the change by hand.';

type ExpectedHost = {
  readonly is: 'there' | 'added' | 'moved';
  /** All its variables. */
  readonly vars: Readonly<Record<string, unknown>>;
  /** Those that it has by itself, of no group. */
  readonly own: Readonly<Record<string, unknown>>;
  /** Every group; for what is added the one it is put into, for what is moved those that list it. */
  readonly groups: ReadonlySet<string>;
  /** The group it is moved into. */
  readonly target?: string;
};

function expectedHosts(
  before: LoadedInventory,
  changes: readonly HostChange[],
): Map<string, ExpectedHost> {
  const expected = new Map(
    before.inventory.hosts.map((host): [string, ExpectedHost] => [
      host.name,
      {
        is: 'there',
        vars: host.variables,
        own: ownVariables(before, host.name),
        groups: new Set(host.groups),
      },
    ]),
  );
  for (const change of changes) {
    const host = expected.get(change.host);
    if (change.type === 'remove') expected.delete(change.host);
    else if (change.type === 'add') expected.set(change.host, added(change.group, change.vars));
    else if (host !== undefined) {
      expected.set(
        change.host,
        change.type === 'move'
          ? { ...host, is: 'moved', groups: directGroups(before, change), target: change.group }
          : {
              ...host,
              vars: { ...host.vars, ...change.vars },
              own: { ...host.own, ...change.vars },
            },
      );
    }
  }
  return expected;
}

function added(group: string, vars: HostVariables): ExpectedHost {
  return { is: 'added', vars, own: vars, groups: new Set([group]) };
}

function ownVariables(loaded: LoadedInventory, name: string): Record<string, unknown> {
  const layers = loaded.layers.get(name) ?? [];
  return mergeLayers(layers.filter(({ from, of }) => from !== 'group_vars' && of === name));
}

function isAsMeant(want: ExpectedHost, have: InventoryHost, after: LoadedInventory): boolean {
  switch (want.is) {
    case 'there':
      return (
        hasAll(want.vars, have.variables) &&
        Object.keys(have.variables).every((name) => Object.hasOwn(want.vars, name)) &&
        want.groups.size === have.groups.length &&
        have.groups.every((group) => want.groups.has(group))
      );
    case 'added':
      return hasAll(want.vars, have.variables) && isIn(want.groups, have);
    case 'moved': {
      const own = ownVariables(after, have.name);
      return (
        hasAll(want.own, own) &&
        Object.keys(own).every((name) => Object.hasOwn(want.own, name)) &&
        sameGroups(have.groups, groupsAbove(after.graph, want.groups))
      );
    }
  }
}

function hasAll(
  wanted: Readonly<Record<string, unknown>>,
  variables: Readonly<Record<string, unknown>>,
): boolean {
  // What a person removed from the host may still come from a group.
  return Object.entries(wanted).every(
    ([name, value]) => value === undefined || equalValues(value, variables[name]),
  );
}

function isIn(groups: ReadonlySet<string>, { groups: have }: InventoryHost): boolean {
  return [...groups].every((group) => have.includes(group));
}

/** The groups that list a host itself, once it has moved. */
function directGroups(
  { graph }: LoadedInventory,
  change: Extract<HostChange, { type: 'move' }>,
): Set<string> {
  const listing = [...graph.groups.values()]
    .filter(({ name, hosts }) => name !== 'all' && hosts.has(change.host))
    .map(({ name }) => name);
  const left = groupToLeave(graph, change);
  return new Set([...listing.filter((name) => name !== left), change.group]);
}

/** These groups and all above them; `ungrouped` is one only where there is no other. */
function groupsAbove(graph: InventoryGraph, names: Iterable<string>): Set<string> {
  const above = new Set<string>();
  const add = (name: string): void => {
    if (name === 'all' || above.has(name)) return;
    above.add(name);
    for (const parent of graph.groups.get(name)?.parents ?? []) add(parent);
  };
  for (const name of names) if (name !== 'ungrouped') add(name);
  return above.size === 0 ? new Set(['ungrouped']) : above;
}

function sameGroups(have: readonly string[], want: ReadonlySet<string>): boolean {
  return have.length === want.size && have.every((name) => want.has(name));
}

/** How a host is reached and who it is. */
const REACHED_BY = [
  'ansible_host',
  'ansible_port',
  'ansible_user',
  'ansible_ssh_host',
  'ansible_ssh_port',
  'ansible_ssh_user',
  'ansible_ssh_private_key_file',
  'ansible_connection',
  'rpi_serial',
  'rpi_macs',
  'rpi_model',
];

/** A group's variables may be all that is wanted of it, but must not cut off the host. */
function refuseOtherWay(want: ExpectedHost, have: InventoryHost): void {
  const other = REACHED_BY.find((name) => !equalValues(want.vars[name], have.variables[name]));
  if (other === undefined) return;
  throw new HostRefusal(
    'inventory.not-editable',
    have.name,
    `In the group ${want.target ?? ''}, ${have.name} would get another ${other}.`,
    BY_HAND,
  );
}
