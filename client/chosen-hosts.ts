/** Which hosts the nodes of a view stand for, and how they stand on a command line; pure. */
import type { Fleet } from '../core/fleet/fleet.ts';
import { hostsOfGroup } from '../core/inventory/graph.ts';
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
      for (const host of hostsOfGroup(fleet, node.name)) named.add(host);
    }
  }
  return isNamed ? [...fleet.pis.keys()].filter((name) => named.has(name)) : undefined;
}

/** `--limit a,b`: always, because an inventory may hold hosts that the fleet does not show. */
export function limitOf(hosts: readonly string[]): readonly string[] {
  return ['--limit', hosts.join(',')];
}

/** A name that is no pattern of hosts, no option, and no file to read patterns from. */
const PLAIN = /^\w[\w.-]*$/;

/** What `rpi` takes for a word of its own where a host could stand. */
const SUBCOMMANDS: ReadonlySet<string> = new Set([
  'help',
  'config', // of ssh; the others of install
  'preflight',
  'plan',
  'status',
  'resume',
  'rollback',
  'explain',
]);

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
    if (name === 'all' || hostsOfGroup(fleet, name).some((host) => host !== name)) {
      return `A Pi and a group are both called “${name}”, so it can’t be said which is meant. Rename one of them in the inventory.`;
    }
  }
  return undefined;
}

/** A host as a word of its own: with the comma of a list where `rpi` has a subcommand of that name. */
export function hostWord(name: string): string {
  return SUBCOMMANDS.has(name) ? `${name},` : name;
}
