/** Running a playbook of the project: which one, which tags, on which Pis. */
import { relative } from 'node:path';
import * as vscode from 'vscode';
import type { PlaybookOutline } from '../../core/ansible/playbook-outline.ts';
import type { App } from '../app.ts';
import type { EditorCommand } from '../editor-command.ts';
import { nodesOf } from '../nodes.ts';
import type { OpenProject } from '../open-project.ts';
import { mayStart, pickHosts, pickProject } from '../target.ts';

type Playbook = { readonly uri: vscode.Uri; readonly outline: PlaybookOutline };

/** From the lens above a play: `[uri, 'all' | 'check' | 'group']`; else from a view or the palette. */
export const runPlaybook: EditorCommand = async (app, ...args) => {
  const [first, mode] = args;
  if (typeof first === 'string' && typeof mode === 'string') {
    await runFromLens(app, vscode.Uri.parse(first), mode);
    return;
  }
  if (!(await mayStart(app, { ansible: true }))) return;
  const project = await pickProject(app, args);
  if (project === undefined) return;
  const playbook = await choosePlaybook(project, args);
  if (playbook === undefined) return;
  const words = await wordsOfTags(playbook);
  if (words === undefined) return;
  const target = await hostsFor(app, args);
  if (target === undefined) return;
  await app.rpi.inTerminal({
    project,
    args: ['playbook', nameOf(project, playbook.uri), ...words, ...target.limit],
  });
};

/** The playbook that the lens stands in: as it is, as a check, or on Pis that are picked. */
async function runFromLens(app: App, uri: vscode.Uri, mode: string): Promise<void> {
  if (!(await mayStart(app, { ansible: true }))) return;
  const project = app.projects.of(uri);
  if (project === undefined) {
    await vscode.window.showWarningMessage(
      'This playbook is in no project: there is no rpi.yml in its folder or above it.',
    );
    return;
  }
  const target = mode === 'group' ? await pickHosts(app, [], { title: 'Run Playbook' }) : undefined;
  if (mode === 'group' && target === undefined) return;
  const limit = target?.limit ?? [];
  const check = mode === 'check' ? ['--check'] : [];
  await app.rpi.inTerminal({
    project,
    args: ['playbook', nameOf(project, uri), ...check, ...limit],
  });
}

/** From a playbook's own menu it runs on what its plays say; from a Pi's, on that Pi. */
async function hostsFor(
  app: App,
  args: readonly unknown[],
): Promise<{ readonly limit: readonly string[] } | undefined> {
  const nodes = nodesOf(args);
  if (nodes.some(({ kind }) => kind === 'pi' || kind === 'group')) {
    return pickHosts(app, args, { title: 'Run Playbook' });
  }
  return pickHosts(app, args, { title: 'Run Playbook: on Which Pis?', mayBeEmpty: true });
}

async function choosePlaybook(
  project: OpenProject,
  args: readonly unknown[],
): Promise<Playbook | undefined> {
  const [given] = nodesOf(args).flatMap((node) => (node.kind === 'playbook' ? [node.path] : []));
  if (given !== undefined) return readPlaybook(vscode.Uri.file(given));
  const found = await playbooksOf(project);
  if (found.length === 0) {
    await vscode.window.showWarningMessage(
      'There is no playbook: no .yml with plays in the project’s folder or its playbooks/.',
    );
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    found.map((playbook) => ({
      label: nameOf(project, playbook.uri),
      detail: playbook.outline.plays.join(' · '),
      playbook,
    })),
    { title: 'Run Playbook', placeHolder: 'Which one?', matchOnDetail: true },
  );
  return picked?.playbook;
}

async function playbooksOf(project: OpenProject): Promise<Playbook[]> {
  const pattern = new vscode.RelativePattern(project.root, '{*,playbooks/**/*}.{yml,yaml}');
  const files = await vscode.workspace.findFiles(pattern, '**/{node_modules,.rpi}/**', 200);
  const read = await Promise.all(files.map(readPlaybook));
  return read
    .filter((playbook) => playbook !== undefined)
    .sort((a, b) => (a.uri.path < b.uri.path ? -1 : 1));
}

/** As it stands in the editor: a buffer with changes is saved before a task is run. */
async function readPlaybook(uri: vscode.Uri): Promise<Playbook | undefined> {
  const { playbookOutline } = await import('../../core/ansible/playbook-outline.ts');
  const buffer = vscode.workspace.textDocuments.find(
    (document) => document.uri.toString() === uri.toString(),
  );
  const text =
    buffer?.getText() ?? new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  const outline = playbookOutline(text);
  return outline === undefined ? undefined : { uri, outline };
}

/** Nothing ticked: everything runs. Undefined when the person gave up. */
async function wordsOfTags({ outline }: Playbook): Promise<readonly string[] | undefined> {
  if (outline.tags.length === 0) return [];
  const picked = await vscode.window.showQuickPick([...outline.tags], {
    title: 'Run Playbook: Tags',
    placeHolder: 'Only tasks with these tags; none ticked runs all of them',
    canPickMany: true,
  });
  if (picked === undefined) return undefined;
  return picked.length === 0 ? [] : ['--tags', picked.join(',')];
}

function nameOf(project: OpenProject, uri: vscode.Uri): string {
  return relative(project.root.fsPath, uri.fsPath);
}
