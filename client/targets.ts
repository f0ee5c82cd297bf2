/** Which hosts the nodes of a view stand for; pure. */
import type { Fleet } from '../core/fleet/fleet.ts';
import type { CommandNode } from './nodes.ts';

/**
 * Names of the hosts of these nodes, each once, in the fleet's order; undefined where the nodes
 * name none (a project, a playbook, nothing at all): then a person is asked.
 */
export function hostsOfNodes(
  nodes: readonly CommandNode[],
  fleet: Pick<Fleet, 'groups' | 'pis'>,
): readonly string[] | undefined {
  const named = new Set<string>();
  let isNamed = false;
  for (const node of nodes) {
    if (node.kind === 'pi') {
      isNamed = true;
      named.add(node.name);
    } else if (node.kind === 'group') {
      isNamed = true;
      for (const host of hostsOfGroup(node.name, fleet)) named.add(host);
    }
  }
  return isNamed ? [...fleet.pis.keys()].filter((name) => named.has(name)) : undefined;
}

/** The hosts of a group and of those below it. A group that holds itself is walked once. */
export function hostsOfGroup(name: string, fleet: Pick<Fleet, 'groups'>): ReadonlySet<string> {
  const hosts = new Set<string>();
  const seen = new Set<string>();
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const group = fleet.groups.get(next);
    if (group === undefined || seen.has(next)) continue;
    seen.add(next);
    for (const host of group.hosts) hosts.add(host);
    waiting.push(...group.children);
  }
  return hosts;
}

/** `--limit a,b`, or nothing where that would be all of them. */
export function limitOf(hosts: readonly string[], fleet: Pick<Fleet, 'pis'>): readonly string[] {
  const isAll = hosts.length === fleet.pis.size && hosts.every((name) => fleet.pis.has(name));
  return isAll ? [] : ['--limit', hosts.join(',')];
}
