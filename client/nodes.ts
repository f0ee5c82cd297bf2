/**
 * What a node of our views says of itself. The views make them (and may hold more beside), the
 * commands of their menus are given them; a test or a keybinding may make one as well.
 */
import type { OpenProposal } from '../core/monitor/daemon/control.ts';
import type { RunSummary } from '../core/runs/run-summary.ts';
import type { OpenProject } from './open-project.ts';

export type PiNode = {
  readonly kind: 'pi';
  readonly project: OpenProject;
  readonly name: string;
};

export type GroupNode = {
  readonly kind: 'group';
  readonly project: OpenProject;
  /** The group's name. */
  readonly name: string;
};

export type DiscoveredNode = {
  readonly kind: 'discovered';
  readonly project: OpenProject;
  /** As DiscoveredPi.key. */
  readonly key: string;
};

export type DiscoveredRootNode = {
  readonly kind: 'discovered-root';
  readonly project: OpenProject;
};

export type ProjectNode = { readonly kind: 'project'; readonly project: OpenProject };

export type PlaybookNode = {
  readonly kind: 'playbook';
  readonly project: OpenProject;
  /** Absolute. */
  readonly path: string;
};

export type RunNode = {
  readonly kind: 'run';
  readonly project: OpenProject;
  readonly run: RunSummary;
};

/** A remedy that the monitor proposes. */
export type ProposalNode = {
  readonly kind: 'proposal';
  readonly project: OpenProject;
  readonly proposal: OpenProposal;
};

/** The nodes that commands understand. */
export type CommandNode =
  | PiNode
  | GroupNode
  | DiscoveredNode
  | DiscoveredRootNode
  | ProjectNode
  | PlaybookNode
  | RunNode
  | ProposalNode;

const KINDS: Readonly<Record<CommandNode['kind'], true>> = {
  pi: true,
  group: true,
  discovered: true,
  'discovered-root': true,
  project: true,
  playbook: true,
  run: true,
  proposal: true,
};

/**
 * The nodes of a menu's arguments: the one it was opened on, and the selection where that is a
 * part of it. Anything else (a palette gives nothing, the editor may give a Uri) is left out.
 */
export function nodesOf(args: readonly unknown[]): readonly CommandNode[] {
  const [node, selection] = args;
  const chosen = Array.isArray(selection) && selection.includes(node) ? selection : [node];
  return chosen.filter(isNode);
}

function isNode(value: unknown): value is CommandNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    typeof value.kind === 'string' &&
    Object.hasOwn(KINDS, value.kind) &&
    'project' in value
  );
}
