/** What dropping nodes on a node of the Fleet view means. */
import type { FleetNode } from './nodes.ts';

/** What is dragged; plain data, because the editor may hand it over as text. */
export type Dragged = {
  /** Root of the project that it comes from. */
  readonly project: string;
  /** Names of hosts of the inventory. */
  readonly hosts: readonly string[];
  /** Keys of discovered Pis. */
  readonly devices: readonly string[];
};

export type Drop =
  | {
      readonly does: 'place';
      readonly group: string;
      readonly hosts: readonly string[];
      readonly devices: readonly string[];
    }
  | { readonly does: 'nothing' }
  /** A sentence for the person. */
  | { readonly does: 'refuse'; readonly why: string };

/** The part of a selection that can be dragged; undefined where nothing of it can. */
export function draggedOf(nodes: readonly FleetNode[]): Dragged | undefined {
  const [first] = nodes;
  if (first === undefined) return undefined;
  const own = nodes.filter(({ project }) => project === first.project);
  const hosts = own.flatMap((node) => (node.kind === 'pi' ? [node.name] : []));
  const devices = own.flatMap((node) => {
    if (node.kind === 'discovered') return [node.key];
    return [];
  });
  if (hosts.length + devices.length === 0) return undefined;
  return {
    project: first.project.root.toString(),
    hosts: [...new Set(hosts)],
    devices: [...new Set(devices)],
  };
}

/** `target` is undefined where it was dropped below all nodes. */
export function dropOf(dragged: Dragged, target: FleetNode | undefined): Drop {
  const refuse = (why: string): Drop => ({ does: 'refuse', why });
  if (target === undefined) return refuse('Drop it on a group.');
  if (target.project.root.toString() !== dragged.project) {
    return refuse('A Pi stays in its project: drop it on a group of the same folder.');
  }
  switch (target.kind) {
    case 'group':
      return { does: 'place', group: target.name, ...only(dragged) };
    case 'pi': {
      // On a Pi means: beside it.
      const group = target.path.at(-1);
      if (group === undefined) return refuse('Drop it on a group.');
      if (dragged.devices.length === 0 && dragged.hosts.every((name) => name === target.name)) {
        return { does: 'nothing' };
      }
      return { does: 'place', group, ...only(dragged) };
    }
    case 'discovered':
    case 'discovered-root':
      return dragged.hosts.length === 0
        ? { does: 'nothing' }
        : refuse('A Pi leaves the inventory by “Remove from Inventory…” in its menu.');
    case 'fault':
      return refuse('This can’t be read; mend it first.');
    case 'project':
      return refuse('Drop it on a group of this project.');
  }
}

function only({ hosts, devices }: Dragged): Pick<Dragged, 'hosts' | 'devices'> {
  return { hosts, devices };
}
