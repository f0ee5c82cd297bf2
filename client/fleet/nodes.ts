/** The nodes of the Fleet view, made from a fleet: which there are, and what stands below which. */
import type { DiscoveredPi, Fleet, FleetFault, FleetPi } from '../../core/fleet/fleet.ts';
import { hostsOfGroup } from '../../core/inventory/graph.ts';
import type {
  DiscoveredNode,
  DiscoveredRootNode,
  GroupNode,
  PiNode,
  ProjectNode,
  ProposalNode,
} from '../nodes.ts';
import type { OpenProject } from '../open-project.ts';

/** `path`: the groups from the top down to the node. A Pi in two groups is two nodes. */
type Placed = { readonly path: readonly string[] };

export type FleetNode =
  | ProjectNode
  | (GroupNode & Placed & { readonly size: number })
  | (PiNode & Placed & { readonly pi: FleetPi })
  | (DiscoveredRootNode & { readonly count: number })
  | (DiscoveredNode & { readonly device: DiscoveredPi })
  | ProposalNode
  | {
      readonly kind: 'fault';
      readonly project: OpenProject;
      readonly fault: FleetFault;
      /** How many others there are in the same file. */
      readonly more: number;
    };

/** What stands below a project after what its monitor proposes: faults, groups, then what is in no inventory. */
export function nodesOfFleet(project: OpenProject, fleet: Fleet): FleetNode[] {
  const faults = onePerFile(fleet.faults).map(({ fault, more }): FleetNode => ({
    kind: 'fault',
    project,
    fault,
    more,
  }));
  const groups = fleet.roots.flatMap((name) => groupNode(project, fleet, [], name) ?? []);
  const { length: count } = fleet.discovered;
  // Without an inventory nobody knows which of them it holds.
  const isUnknown = fleet.pis.size === 0 && fleet.faults.some(({ source }) => source !== 'runs');
  const discovered: FleetNode[] =
    count === 0 || isUnknown ? [] : [{ kind: 'discovered-root', project, count }];
  return [...faults, ...groups, ...discovered];
}

/** What stands below a node of this fleet's project. */
export function nodesBelow(node: FleetNode, fleet: Fleet): FleetNode[] {
  const { project } = node;
  switch (node.kind) {
    case 'project':
      return nodesOfFleet(project, fleet);
    case 'group': {
      const group = fleet.groups.get(node.name);
      const path = [...node.path, node.name];
      const groups = (group?.children ?? []).flatMap(
        // A group that stands below itself would never end.
        (name) => (path.includes(name) ? [] : (groupNode(project, fleet, path, name) ?? [])),
      );
      const pis = [...(group?.hosts ?? [])].sort(byName).flatMap((name): FleetNode[] => {
        const pi = fleet.pis.get(name);
        return pi === undefined ? [] : [{ kind: 'pi', project, name, path, pi }];
      });
      return [...groups, ...pis];
    }
    case 'discovered-root':
      return fleet.discovered.map((device) => ({
        kind: 'discovered',
        project,
        key: device.key,
        device,
      }));
    default:
      return [];
  }
}

/** The node above; undefined for those at the top of the project. */
export function nodeAbove(node: FleetNode, fleet: Fleet): FleetNode | undefined {
  const { project } = node;
  if (node.kind === 'discovered') {
    return { kind: 'discovered-root', project, count: fleet.discovered.length };
  }
  if (node.kind !== 'group' && node.kind !== 'pi') return undefined;
  const name = node.path.at(-1);
  return name === undefined ? undefined : groupNode(project, fleet, node.path.slice(0, -1), name);
}

/** A Pi in the group, else where it first stands; undefined where the fleet has none of this name. */
export function nodeOfPi(
  project: OpenProject,
  fleet: Fleet,
  name: string,
  group?: string,
): FleetNode | undefined {
  const inside = (nodes: readonly FleetNode[]): FleetNode[] =>
    nodes.flatMap((node) => {
      if (node.kind === 'group') return inside(nodesBelow(node, fleet));
      return node.kind === 'pi' && node.name === name ? [node] : [];
    });
  const found = inside(nodesOfFleet(project, fleet));
  return found.find((node) => node.kind === 'pi' && node.path.at(-1) === group) ?? found[0];
}

/** The same for the same thing after each refresh: the editor keeps what is open and selected. */
export function idOf(node: FleetNode): string {
  const words = (): readonly string[] => {
    switch (node.kind) {
      case 'group':
      case 'pi':
        return [...node.path, node.name];
      case 'discovered':
        return [node.key];
      case 'proposal':
        return [node.proposal.id];
      case 'fault':
        return [node.fault.source, node.fault.path ?? ''];
      default:
        return [];
    }
  };
  return [node.project.root.toString(), node.kind, ...words()].join('\n');
}

/** Of each file the fault that stands first: one wrong character can be a dozen of them. */
function onePerFile(
  faults: readonly FleetFault[],
): { readonly fault: FleetFault; readonly more: number }[] {
  const files = new Map<string, FleetFault[]>();
  for (const fault of faults) {
    const key = `${fault.source}\n${fault.path ?? ''}`;
    files.set(key, [...(files.get(key) ?? []), fault]);
  }
  return [...files.values()].flatMap((same) => {
    const [first] = [...same].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
    return first === undefined ? [] : [{ fault: first, more: same.length - 1 }];
  });
}

function groupNode(
  project: OpenProject,
  fleet: Fleet,
  path: readonly string[],
  name: string,
): (FleetNode & { readonly kind: 'group' }) | undefined {
  if (!fleet.groups.has(name)) return undefined;
  return { kind: 'group', project, name, path, size: hostsOfGroup(fleet, name).length };
}

function byName(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
