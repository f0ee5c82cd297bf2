/** What dropping nodes on a node of the Fleet view means. */
import type { FleetNode } from './nodes.ts';

/** A host of the inventory, and the group that it is taken out of: it may stand in several. */
export type MovedHost = { readonly name: string; readonly from: string | undefined };

/** What is dragged; plain data, because the editor may hand it over as text. */
export type Dragged = {
  /** Root of the project that it comes from. */
  readonly project: string;
  readonly hosts: readonly MovedHost[];
  /** Keys of discovered Pis. */
  readonly devices: readonly string[];
};

export type Drop =
  | {
      readonly does: 'place';
      readonly group: string;
      readonly hosts: readonly MovedHost[];
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
  const hosts = own.flatMap((node) =>
    node.kind === 'pi' ? [{ name: node.name, from: node.path.at(-1) }] : [],
  );
  const devices = own.flatMap((node) => (node.kind === 'discovered' ? [node.key] : []));
  if (hosts.length + devices.length === 0) return undefined;
  return {
    project: first.project.root.toString(),
    hosts: hosts.filter(({ name }, index) => hosts.findIndex((h) => h.name === name) === index),
    devices,
  };
}

/** `target` is undefined where it was dropped below all nodes. */
export function dropOf(dragged: Dragged, target: FleetNode | undefined): Drop {
  const refuse = (why: string): Drop => ({ does: 'refuse', why });
  if (target === undefined) return refuse('Drop it on a group.');
  if (target.project.root.toString() !== dragged.project) {
    return refuse('A Pi stays in its project: drop it on a group of the same folder.');
  }
  if (dragged.hosts.length > 0 && dragged.devices.length > 0) {
    return refuse('Drag discovered Pis, or Pis of the inventory, but not both at once.');
  }
  switch (target.kind) {
    case 'group':
      return placed(dragged, target.name);
    case 'pi': {
      // On a Pi means: beside it.
      const group = target.path.at(-1);
      if (group === undefined) return refuse('Drop it on a group.');
      return placed(dragged, group);
    }
    case 'discovered':
    case 'discovered-root':
      return dragged.hosts.length === 0
        ? { does: 'nothing' }
        : refuse('A Pi leaves the inventory by “Remove from Inventory…” in its menu.');
    case 'proposal':
      return refuse('Drop it on a group.');
    case 'fault':
      return refuse('This can’t be read; mend it first.');
    case 'project':
      return refuse('Drop it on a group of this project.');
  }
}

function placed({ hosts, devices }: Dragged, group: string): Drop {
  const moved = hosts.filter(({ from }) => from !== group);
  if (moved.length + devices.length === 0) return { does: 'nothing' };
  return { does: 'place', group, hosts: moved, devices };
}
