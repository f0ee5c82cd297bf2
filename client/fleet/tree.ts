/** The Fleet view: groups and hosts of the inventory, and what is on the network beside them. */
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { createSteadyView, pictureOf } from '../steady-view.ts';
import { followWhileVisible } from '../visible.ts';
import { createDragAndDrop } from './drag-and-drop.ts';
import { itemOf, tooltipOf } from './items.ts';
import { idOf, nodeAbove, nodeOfPi, nodesBelow, type FleetNode } from './nodes.ts';

export type FleetView = {
  /** Selects a Pi, opening what stands above it; nothing where the fleet has none of this name. */
  readonly reveal: App['reveal'];
  readonly view: vscode.TreeView<FleetNode>;
  readonly dispose: () => void;
};

export function createFleetView(app: App): FleetView {
  const { projects, proposals } = app;
  const nodesIn = async (node: FleetNode): Promise<FleetNode[]> => {
    const { kind, project } = node;
    const below = nodesBelow(node, await project.fleet());
    if (kind !== 'project') return below;
    // First: they wait for somebody.
    const made = proposals.of(project);
    return [
      ...made.map((proposal) => ({ kind: 'proposal', project, proposal }) as const),
      ...below,
    ];
  };
  const topNodes = async (): Promise<FleetNode[]> => {
    await projects.loaded;
    const open = projects.open();
    const [only] = open;
    if (only === undefined) return [];
    const above = open.map((project): FleetNode => ({ kind: 'project', project }));
    return open.length === 1 ? nodesIn({ kind: 'project', project: only }) : above;
  };
  const nodes = createSteadyView<FleetNode>(
    {
      below: (node) => (node === undefined ? topNodes() : nodesIn(node)),
      idOf,
      pictureOf: async (node) => {
        const now = Date.now();
        const tooltip = await tooltipOf(node, now);
        return `${pictureOf(await itemOf(node, now))}${tooltip?.value ?? ''}`;
      },
    },
    (error) => app.log.error('The Fleet view:', String(error)),
  );
  const provider: vscode.TreeDataProvider<FleetNode> = {
    onDidChangeTreeData: nodes.onDidChangeTreeData,
    getChildren: nodes.getChildren,
    getParent: async (node) => {
      const parent = nodeAbove(node, await node.project.fleet());
      if (parent !== undefined || node.kind === 'project') return parent;
      return projects.open().length > 1 ? { kind: 'project', project: node.project } : undefined;
    },
    getTreeItem: (node) => itemOf(node, Date.now()),
    resolveTreeItem: async (item, node) => {
      const tooltip = await tooltipOf(node, Date.now());
      if (tooltip !== undefined) item.tooltip = tooltip;
      return item;
    },
  };

  const reveal: FleetView['reveal'] = async (project, name, group) => {
    const node = nodeOfPi(project, await project.fleet(), name, group);
    if (node === undefined) return;
    // The editor finds only nodes that it has asked for; it waits for this before it reveals.
    nodes.renew();
    try {
      // Not selected: it comes late, and a person may have selected something else meanwhile.
      await view.reveal(node, { select: false, focus: false, expand: true });
    } catch (error) {
      app.log.debug(`Revealing ${name}:`, String(error));
    }
  };
  const view = vscode.window.createTreeView('rpi.fleet', {
    treeDataProvider: provider,
    canSelectMany: true,
    showCollapseAll: true,
    dragAndDropController: createDragAndDrop(app),
  });

  const following = followWhileVisible(app, view, nodes.refresh);
  const proposed = proposals.onDidChange(nodes.refresh);
  const badge = projects.onDidChange(() => void showBadge(app, view));
  return {
    view,
    reveal,
    dispose: () => {
      vscode.Disposable.from(following, proposed, badge, view, nodes).dispose();
    },
  };
}

async function showBadge({ projects }: App, view: vscode.TreeView<unknown>): Promise<void> {
  const [{ fleetHealth }, fleets] = await Promise.all([
    import('../../core/fleet/health.ts'),
    Promise.all(projects.open().map((project) => project.fleet())),
  ]);
  const all = fleets.map(fleetHealth);
  const value = all
    .map(({ failing, locked, needsKey, warning }) => failing + locked + needsKey + warning)
    .reduce((sum, count) => sum + count, 0);
  const tooltip = `${value === 1 ? '1 Pi needs' : `${value} Pis need`} attention`;
  view.badge = value === 0 ? undefined : { value, tooltip };
}
