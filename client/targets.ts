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

/** `--limit a,b`: always, because an inventory may hold hosts that the fleet does not show. */
export function limitOf(hosts: readonly string[]): readonly string[] {
  return ['--limit', hosts.join(',')];
}

/** A name that is no pattern of hosts, no option, and no file to read patterns from. */
const PLAIN = /^\w[\w.-]*$/;

/** What `rpi` takes for a word of its own where a host could stand. */
const SUBCOMMANDS: ReadonlySet<string> = new Set(['config', 'plan', 'preflight']);

/** Why nothing is started on a host of this name, or undefined where it can stand on a command line. */
export function faultOfName(name: string): string | undefined {
  if (PLAIN.test(name)) return undefined;
  return `“${name}” is no name that can be told from an option or a pattern of hosts. Letters, digits, “.”, “-” and “_” can; rename it in the inventory.`;
}

/**
 * As faultOfName, for a limit: Ansible takes a name that a group has too for the group, and then
 * works on hosts that nobody chose.
 */
export function faultOfLimit(
  hosts: readonly string[],
  fleet: Pick<Fleet, 'groups'>,
): string | undefined {
  for (const name of hosts) {
    const fault = faultOfName(name);
    if (fault !== undefined) return fault;
    if (name === 'all' || [...hostsOfGroup(name, fleet)].some((host) => host !== name)) {
      return `A Pi and a group are both called “${name}”, so it can’t be said which is meant. Rename one of them in the inventory.`;
    }
  }
  return undefined;
}

/** A host as a word of its own: with the comma of a list where `rpi` has a subcommand of that name. */
export function hostWord(name: string): string {
  return SUBCOMMANDS.has(name) ? `${name},` : name;
}
