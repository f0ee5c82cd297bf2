/**
 * The projects of the open folders: one a folder, where its rpi.yml is. Each is read when somebody
 * looks, follows its files and its journals, and says when something has changed.
 */
import * as vscode from 'vscode';
import { followContext, type ContextKeys } from './context-keys.ts';
import { findRoot, isProjectRoot } from './find-root.ts';
import { followProject, type FollowedProject } from './follow-project.ts';
import { labelsOf, onePerRoot } from './labels.ts';
import { milestonesOf } from './milestones.ts';
import type { OpenProject } from './open-project.ts';

export type Projects = {
  readonly dispose: () => void;
  /** Resolves when the folders have been searched for the first time. */
  readonly loaded: Promise<void>;
  readonly open: () => readonly OpenProject[];
  /** The project that a file belongs to. */
  readonly of: (uri: vscode.Uri) => OpenProject | undefined;
  /** Fires (debounced) with a project that has changed, and without one when folders came or went. */
  readonly onDidChange: vscode.Event<OpenProject | undefined>;
  /** Somebody looks: until disposed, live runs are followed every 500 ms. */
  readonly look: () => vscode.Disposable;
  /** Reads everything again. */
  readonly refresh: () => void;
};

/** Milliseconds. How often live runs are read, and what else watchers may have missed. */
const LIVE = 500;
const MISSED = 3000;
/** “2 min ago” grows old. */
const AGES = 60_000;

export function createProjects(log: vscode.LogOutputChannel): Projects {
  const changed = new vscode.EventEmitter<OpenProject | undefined>();
  const context = followContext(log);
  let followed: readonly FollowedProject[] = [];
  let lookers = 0;
  let timer: NodeJS.Timeout | undefined;
  let isDisposed = false;
  let seeking: Promise<void> | undefined;
  let seekAgain = false;

  const fire = (project: FollowedProject | undefined): void => {
    if (isDisposed) return;
    changed.fire(project);
    void keysOf(followed).then(context.set);
  };

  const seek = async (): Promise<void> => {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const roots = await Promise.all(
      folders.map(async (folder) => ({ folder, root: await findRoot(folder.uri) })),
    );
    if (isDisposed) return;
    const found = onePerRoot(
      roots.flatMap(({ folder, root }) =>
        root === undefined
          ? []
          : { name: folder.name, folder: folder.uri.path, root: root.path, at: { folder, root } },
      ),
    );
    const labels = labelsOf(found);
    const before = new Map(followed.map((project) => [project.root.toString(), project]));
    followed = found.map(({ at: { folder, root } }, index) => {
      const known = before.get(root.toString());
      const label = labels[index] ?? folder.name;
      if (
        known !== undefined &&
        known.label === label &&
        known.folder.uri.toString() === folder.uri.toString()
      ) {
        before.delete(root.toString());
        return known;
      }
      return followProject({
        folder,
        root,
        label,
        log,
        onChange: fire,
        isLookedAt: () => lookers > 0,
      });
    });
    for (const gone of before.values()) gone.dispose();
    fire(undefined);
  };

  const wantsAgain = (): boolean => seekAgain && !isDisposed;
  /** One search at a time; one more where something happened meanwhile. */
  const seekOnce = (): Promise<void> => {
    if (seeking !== undefined) {
      seekAgain = true;
      return seeking;
    }
    seeking = (async () => {
      do {
        seekAgain = false;
        await seek().catch((error: unknown) => log.error('Looking for rpi.yml:', String(error)));
      } while (wantsAgain());
      seeking = undefined;
    })();
    return seeking;
  };

  let ticks = 0;
  const tick = async (): Promise<void> => {
    ticks++;
    const isSlow = (ticks * LIVE) % MISSED === 0;
    const isOld = (ticks * LIVE) % AGES === 0;
    if (isSlow && (await hasNewRoot(followed))) await seekOnce();
    await Promise.all(
      followed.map(async (project) => {
        if (isOld) project.age();
        else if (isSlow) await project.look();
        else if (project.isLive()) await project.lookAtRuns();
      }),
    );
  };
  const next = (): void => {
    timer = setTimeout(() => {
      void tick()
        .catch((error: unknown) => log.error('Following the projects:', String(error)))
        .finally(() => {
          if (lookers > 0 && !isDisposed) next();
          else timer = undefined;
        });
    }, LIVE);
  };

  const watcher = vscode.workspace.createFileSystemWatcher('**/rpi.yml', false, true, false);
  const listeners = vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(() => void seekOnce()),
    watcher.onDidDelete(() => void seekOnce()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => void seekOnce()),
    context,
    changed,
  );
  const loaded = seekOnce();

  return {
    loaded,
    open: () => followed,
    of: (uri) => projectOf(followed, uri),
    onDidChange: changed.event,
    look: () => {
      lookers++;
      if (timer === undefined) {
        next();
        // What happened while nobody looked may have been missed.
        for (const project of followed) void project.look();
      }
      let isOver = false;
      return new vscode.Disposable(() => {
        if (!isOver) lookers--;
        isOver = true;
      });
    },
    refresh: () => {
      for (const project of followed) project.forget();
      void seekOnce();
    },
    dispose: () => {
      isDisposed = true;
      clearTimeout(timer);
      listeners.dispose();
      for (const project of followed) project.dispose();
    },
  };
}

function projectOf<P extends OpenProject>(projects: readonly P[], uri: vscode.Uri): P | undefined {
  const inside = projects.filter(
    ({ root }) => uri.scheme === root.scheme && `${uri.path}/`.startsWith(`${root.path}/`),
  );
  return inside.sort((a, b) => b.root.path.length - a.root.path.length)[0];
}

/** Whether a folder without a project has got an rpi.yml that no watcher told of. */
async function hasNewRoot(projects: readonly OpenProject[]): Promise<boolean> {
  const bare = (vscode.workspace.workspaceFolders ?? []).filter(
    ({ uri }) =>
      uri.scheme === 'file' &&
      !projects.some(({ folder }) => folder.uri.toString() === uri.toString()),
  );
  const found = await Promise.all(bare.map(({ uri }) => isProjectRoot(uri)));
  return found.includes(true);
}

async function keysOf(projects: readonly OpenProject[]): Promise<ContextKeys> {
  const [fleets, runs] = await Promise.all([
    Promise.all(projects.map((project) => project.fleet())),
    Promise.all(projects.map((project) => project.runs())),
  ]);
  return {
    loaded: true,
    hasProject: projects.length > 0,
    hasPis: fleets.some(({ pis, discovered }) => pis.size > 0 || discovered.length > 0),
    hasRuns: runs.some(({ length }) => length > 0),
    ...milestonesOf(fleets, runs.flat()),
  };
}
