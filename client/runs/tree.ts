/** The Runs view: past and running operations, read from their journals, whoever started them. */
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { createSteadyView, pictureOf } from '../steady-view.ts';
import { followWhileVisible } from '../visible.ts';
import { itemOfRun } from './items.ts';
import { idOfRun, nodeAboveRun, nodesBelowRun, nodesOfRuns, type RunsNode } from './nodes.ts';

const SECOND = 1000;

export function createRunsView(app: App): vscode.Disposable {
  const { projects } = app;
  const topNodes = async (): Promise<RunsNode[]> => {
    await projects.loaded;
    const all = projects.open().map(async (project) => ({ project, runs: await project.runs() }));
    return nodesOfRuns(await Promise.all(all));
  };
  const itemOf = (node: RunsNode): Promise<vscode.TreeItem> =>
    itemOfRun(node, { now: Date.now(), isOneOfMany: projects.open().length > 1 });
  const nodes = createSteadyView<RunsNode>(
    {
      below: (node) => (node === undefined ? topNodes() : nodesBelowRun(node)),
      idOf: idOfRun,
      pictureOf: async (node) => pictureOf(await itemOf(node)),
    },
    (error) => app.log.error('The Runs view:', String(error)),
  );
  const view = vscode.window.createTreeView<RunsNode>('rpi.runs', {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: nodes.onDidChangeTreeData,
      getChildren: nodes.getChildren,
      getParent: nodeAboveRun,
      getTreeItem: itemOf,
    },
  });
  // How long they have been running.
  const clock = setInterval(() => {
    if (view.visible) nodes.redraw(({ kind, run }) => kind === 'run' && run.state === 'live');
  }, SECOND);
  return vscode.Disposable.from(
    new vscode.Disposable(() => clearInterval(clock)),
    followWhileVisible(app, view, nodes.refresh),
    view,
    nodes,
  );
}
