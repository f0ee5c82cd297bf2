/** The Project view: what a project is made of, and what of it is missing. */
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { createSteadyView, pictureOf } from '../steady-view.ts';
import { followWhileVisible } from '../visible.ts';
import {
  holdsPlaybooks,
  idOfPart,
  nodesOfParts,
  type PartNode,
  type ProjectViewNode,
} from './nodes.ts';

/** Scheme of what is not there: the editor colours names by their Uri alone. */
const MISSING = 'rpi-missing';
const GREY = new vscode.ThemeColor('disabledForeground');

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

export function createProjectView(app: App): vscode.Disposable {
  const { projects } = app;
  const partsOf = async (
    project: (ProjectViewNode & { readonly kind: 'project' })['project'],
  ): Promise<ProjectViewNode[]> => {
    const opened = await project.project();
    const { projectContents, brokenContents } = await import('./contents.ts');
    return nodesOfParts(
      project,
      opened === undefined
        ? brokenContents(project.root.fsPath)
        : await projectContents(opened, {
            templates: vscode.Uri.joinPath(app.context.extensionUri, 'templates').fsPath,
          }),
    );
  };
  const nodesIn = async (node: ProjectViewNode): Promise<ProjectViewNode[]> => {
    if (node.kind === 'project') return partsOf(node.project);
    const { listFolder } = await import('./contents.ts');
    const { children, part, path } = node.part;
    const below = part === undefined ? await listFolder(path) : children;
    return nodesOfParts(node.project, below, holdsPlaybooks(node.part));
  };
  const topNodes = async (): Promise<ProjectViewNode[]> => {
    await projects.loaded;
    const open = projects.open();
    const [only] = open;
    if (only === undefined) return [];
    return open.length === 1
      ? partsOf(only)
      : open.map((project): ProjectViewNode => ({ kind: 'project', project }));
  };
  const nodes = createSteadyView<ProjectViewNode>(
    {
      below: (node) => (node === undefined ? topNodes() : nodesIn(node)),
      idOf: idOfPart,
      pictureOf: (node) => pictureOf(itemOfPart(node)),
    },
    (error) => app.log.error('The Project view:', String(error)),
  );
  const view = vscode.window.createTreeView<ProjectViewNode>('rpi.project', {
    showCollapseAll: true,
    canSelectMany: false,
    treeDataProvider: {
      onDidChangeTreeData: nodes.onDidChangeTreeData,
      getChildren: nodes.getChildren,
      getTreeItem: itemOfPart,
    },
  });
  // Its folders hold files that nobody else follows.
  const files = vscode.workspace.createFileSystemWatcher('**/*', false, true, false);
  const isOwn = (uri: vscode.Uri): boolean =>
    projects.of(uri) !== undefined && !/\/(\.rpi|\.git|node_modules)\//.test(uri.path);
  let timer: NodeJS.Timeout | undefined;
  const later = (uri: vscode.Uri): void => {
    if (!view.visible || !isOwn(uri)) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      nodes.refresh();
    }, 300);
  };
  return vscode.Disposable.from(
    followWhileVisible(app, view, nodes.refresh),
    files,
    files.onDidCreate(later),
    files.onDidDelete(later),
    view.onDidChangeVisibility(({ visible }) => {
      if (visible) nodes.refresh();
    }),
    vscode.window.registerFileDecorationProvider({
      provideFileDecoration: ({ scheme }) =>
        scheme === MISSING ? new vscode.FileDecoration(undefined, undefined, GREY) : undefined,
    }),
    view,
    nodes,
    new vscode.Disposable(() => clearTimeout(timer)),
  );
}

function itemOfPart(node: ProjectViewNode): vscode.TreeItem {
  if (node.kind === 'project') {
    const item = new vscode.TreeItem(node.project.label, Expanded);
    item.id = idOfPart(node);
    item.iconPath = new vscode.ThemeIcon('root-folder');
    item.contextValue = 'project';
    return item;
  }
  const { part } = node;
  const uri = vscode.Uri.file(part.path);
  const item = part.exists ? new vscode.TreeItem(uri) : new vscode.TreeItem(part.label);
  item.id = idOfPart(node);
  item.label = part.label;
  item.contextValue = node.kind;
  item.collapsibleState = part.exists && isFolderLike(node) ? Collapsed : None;
  const missing = part.missing.length;
  const says = !part.exists ? 'missing' : missing > 0 ? `${missing} missing` : undefined;
  item.description = [says, part.purpose].filter((text) => text !== undefined).join(' · ');
  item.accessibilityInformation = { label: [part.label, item.description].join(', ') };
  if (!part.exists) {
    // Grey, and without the file's own icon: it is not there.
    item.resourceUri = uri.with({ scheme: MISSING });
    item.iconPath = new vscode.ThemeIcon('circle-outline', GREY);
    item.tooltip =
      missing > 0
        ? `Not there. “Create the Missing Parts” makes it: ${part.missing.map(({ path }) => path).join(', ')}`
        : 'Not there.';
    return item;
  }
  item.iconPath = part.kind === 'folder' ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File;
  item.tooltip = part.path;
  if (part.kind === 'file') {
    item.command = { command: 'vscode.open', title: 'Open', arguments: [uri] };
  }
  return item;
}

function isFolderLike({ part }: PartNode): boolean {
  return part.kind === 'folder' || part.children.length > 0;
}
