/**
 * Hosts and groups as Ansible holds them (ansible/inventory/data.py), built from what the files
 * say, before variables are merged.
 */
import type { Statement } from '../formats/inventory/statement.ts';

export type GraphGroup = {
  readonly name: string;
  readonly variables: Map<string, unknown>;
  /** `ansible_group_priority`; it counts where an inventory file says it, not in group_vars. */
  priority: number;
  /** Direct hosts, in the order of the file. */
  readonly hosts: Set<string>;
  readonly children: Set<string>;
  readonly parents: Set<string>;
  /** The longest way from `all`, which is 0. */
  depth: number;
};

export type GraphHost = {
  readonly name: string;
  readonly variables: Map<string, unknown>;
  /** Every group it is in, through children too; with `all`. */
  readonly groups: Set<string>;
};

export type InventoryGraph = {
  readonly hosts: ReadonlyMap<string, GraphHost>;
  readonly groups: ReadonlyMap<string, GraphGroup>;
};

/** Groups that contain each other. */
export class GroupLoopError extends Error {
  override readonly name = 'GroupLoopError';
  readonly group: string;

  constructor(group: string) {
    super(`the group ${group} contains itself, through its children`);
    this.group = group;
  }
}

/** Plays the statements of all inventory files, in order. Throws GroupLoopError. */
export function buildGraph(statements: Iterable<Statement>): InventoryGraph {
  const hosts = new Map<string, GraphHost>();
  const groups = new Map<string, GraphGroup>();

  const groupOf = (name: string): GraphGroup => {
    const known = groups.get(name);
    if (known !== undefined) return known;
    const group: GraphGroup = {
      name,
      variables: new Map(),
      priority: 1,
      hosts: new Set(),
      children: new Set(),
      parents: new Set(),
      depth: 0,
    };
    groups.set(name, group);
    return group;
  };
  const addChild = (parent: string, child: string): void => {
    if (parent === child) throw new GroupLoopError(parent);
    groupOf(parent).children.add(child);
    groupOf(child).parents.add(parent);
  };

  groupOf('all');
  addChild('all', 'ungrouped');
  for (const statement of statements) {
    switch (statement.type) {
      case 'group':
        groupOf(statement.group);
        break;
      case 'child':
        addChild(statement.group, statement.child);
        break;
      case 'host': {
        if (!hosts.has(statement.host)) hosts.set(statement.host, newHost(statement));
        groupOf(statement.group).hosts.add(statement.host);
        break;
      }
      case 'group-variable':
        setGroupVariable(groupOf(statement.group), statement.name, statement.value);
        break;
      case 'host-variable':
        hosts.get(statement.host)?.variables.set(statement.name, statement.value);
        break;
    }
  }

  for (const group of groups.values()) {
    if (group.name !== 'all' && group.parents.size === 0) addChild('all', group.name);
  }
  setDepths(groups);
  for (const host of hosts.values()) settleGroups(host, groups);
  return { hosts, groups };
}

function newHost(statement: Extract<Statement, { type: 'host' }>): GraphHost {
  const variables = new Map<string, unknown>();
  if (statement.port !== undefined) variables.set('ansible_port', statement.port);
  return { name: statement.host, variables, groups: new Set() };
}

function setGroupVariable(group: GraphGroup, name: string, value: unknown): void {
  if (name !== 'ansible_group_priority') group.variables.set(name, value);
  else if (Number.isInteger(Number(value))) group.priority = Number(value);
}

/** Depth first from each group; a group met again on its own way is a loop. */
function setDepths(groups: ReadonlyMap<string, GraphGroup>): void {
  const done = new Set<string>();
  const depthOf = (group: GraphGroup, way: readonly string[]): number => {
    if (way.includes(group.name)) throw new GroupLoopError(group.name);
    if (done.has(group.name)) return group.depth;
    for (const name of group.parents) {
      const parent = groups.get(name);
      if (parent === undefined) continue;
      group.depth = Math.max(group.depth, depthOf(parent, [...way, group.name]) + 1);
    }
    done.add(group.name);
    return group.depth;
  };
  for (const group of groups.values()) depthOf(group, []);
}

/** A host is in its groups and all above; in `ungrouped` only if in no other but `all`. */
function settleGroups(host: GraphHost, groups: ReadonlyMap<string, GraphGroup>): void {
  const add = (name: string): void => {
    if (host.groups.has(name)) return;
    host.groups.add(name);
    for (const parent of groups.get(name)?.parents ?? []) add(parent);
  };
  host.groups.add('all');
  for (const group of groups.values()) {
    if (group.name !== 'ungrouped' && group.hosts.has(host.name)) add(group.name);
  }
  const ungrouped = groups.get('ungrouped');
  if (host.groups.size === 1) {
    host.groups.add('ungrouped');
    ungrouped?.hosts.add(host.name);
  } else {
    ungrouped?.hosts.delete(host.name);
  }
}

/** The hosts of a group and of the groups below it: its own first, then level by level. */
export function hostsOfGroup(
  graph: {
    readonly groups: ReadonlyMap<
      string,
      { readonly hosts: Iterable<string>; readonly children: Iterable<string> }
    >;
  },
  name: string,
): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  let level = [name];
  while (level.length > 0) {
    const next: string[] = [];
    for (const groupName of level) {
      const group = graph.groups.get(groupName);
      if (group === undefined || seen.has(groupName)) continue;
      seen.add(groupName);
      for (const host of group.hosts) found.add(host);
      next.push(...group.children);
    }
    level = next;
  }
  return [...found];
}

/** A host's groups in the order in which Ansible merges their variables; without `all`. */
export function groupsInOrder(graph: InventoryGraph, host: GraphHost): GraphGroup[] {
  return [...host.groups]
    .filter((name) => name !== 'all')
    .map((name) => graph.groups.get(name))
    .filter((group) => group !== undefined)
    .sort(
      (a, b) => a.depth - b.depth || a.priority - b.priority || compareCodePoints(a.name, b.name),
    );
}

function compareCodePoints(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
