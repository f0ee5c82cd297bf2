/** The Runs view: past and running operations, read from their journals, whoever started them. */
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { followWhileVisible } from '../visible.ts';
import { itemOfRun } from './items.ts';
import { nodeAboveRun, nodesBelowRun, nodesOfRuns, type RunsNode } from './nodes.ts';

const SECOND = 1000;

export function createRunsView(app: App): vscode.Disposable {
  const { projects } = app;
  const refreshed = new vscode.EventEmitter<RunsNode[] | undefined>();
  let live: RunsNode[] = [];
  const view = vscode.window.createTreeView<RunsNode>('rpi.runs', {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: refreshed.event,
      getChildren: async (node) => {
        if (node !== undefined) return nodesBelowRun(node);
        await projects.loaded;
        const all = projects
          .open()
          .map(async (project) => ({ project, runs: await project.runs() }));
        const nodes = nodesOfRuns(await Promise.all(all));
        live = nodes.filter(({ run }) => run.state === 'live');
        return nodes;
      },
      getParent: nodeAboveRun,
      getTreeItem: (node) =>
        itemOfRun(node, { now: Date.now(), isOneOfMany: projects.open().length > 1 }),
    },
  });
  // How long they have been running.
  const clock = setInterval(() => {
    if (view.visible && live.length > 0) refreshed.fire(live);
  }, SECOND);
  return vscode.Disposable.from(
    new vscode.Disposable(() => clearInterval(clock)),
    followWhileVisible(app, view, () => refreshed.fire(undefined)),
    view,
    refreshed,
  );
}
