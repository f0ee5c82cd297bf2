/**
 * Live discovery: `rpi detect --watch` of each project, only while the Fleet view is visible and
 * the workspace trusted. It writes the sightings; the tree follows these.
 */
import * as vscode from 'vscode';
import type { OpenProject } from './open-project.ts';
import type { Projects } from './projects.ts';
import type { Rpi } from './rpi.ts';

export type Discovery = {
  readonly dispose: () => void;
  /** By command: until stop(), whatever the setting says. */
  readonly start: () => void;
  readonly stop: () => void;
  /** Hands over the Fleet view: it is shown there, and runs while it is visible. */
  readonly follow: (view: vscode.TreeView<unknown>) => vscode.Disposable;
};

/** What discovery is made with. */
type Parts = {
  readonly log: vscode.LogOutputChannel;
  readonly projects: Projects;
  readonly rpi: Rpi;
};

/** Milliseconds. A view that is hidden for a moment only does not end it. */
const GRACE = 30_000;
/** After an end that was not asked for: a network that was away comes back. */
const AGAIN = 60_000;

/**
 * `off`: it failed by what trying again won't mend (no such network, nothing installed), and waits
 * for a person to start it again.
 */
type Watch = { readonly controller: AbortController; state: 'on' | 'retrying' | 'off' };

/** Nothing is started before a view is followed. */
export function createDiscovery(parts: Parts): Discovery {
  const watches = new Map<string, Watch>();
  let wanted: boolean | undefined; // as a command said last
  let view: vscode.TreeView<unknown> | undefined;
  let trouble: string | undefined;
  let hasTold = false;
  let hiding: NodeJS.Timeout | undefined;
  let retrying: NodeJS.Timeout | undefined;

  const isWanted = (): boolean =>
    wanted ?? vscode.workspace.getConfiguration('rpi').get<boolean>('discovery.live', false);

  const tell = (): void => {
    const states = [...watches.values()].map(({ state }) => state);
    const isOn = states.includes('on');
    const isRetrying = states.includes('retrying');
    void vscode.commands.executeCommand('setContext', 'rpi.discovering', isOn || isRetrying);
    if (view === undefined) return;
    const message = isOn
      ? 'Live discovery: looking for Pis on this project’s networks.'
      : trouble === undefined
        ? undefined
        : `Live discovery has stopped: ${trouble}${isRetrying ? ' It is tried again in a minute.' : ''}`;
    // What somebody else says there is left alone. The property is the editor's accessor: deleted,
    // it would be gone for good.
    if (message !== undefined) view.message = message;
    else if (hasTold) view.message = '';
    hasTold = message !== undefined;
  };

  const stopAll = (): void => {
    clearTimeout(hiding);
    clearTimeout(retrying);
    hiding = retrying = undefined;
    for (const { controller } of watches.values()) controller.abort();
    watches.clear();
    tell();
  };

  const watch = async (project: OpenProject, key: string): Promise<void> => {
    const interval = vscode.workspace
      .getConfiguration('rpi', project.root)
      .get<number>('discovery.interval', 60);
    const mine: Watch = { controller: new AbortController(), state: 'on' };
    watches.set(key, mine);
    tell();
    try {
      const { exit, events } = await parts.rpi.inBackground({
        project,
        args: ['detect', '--watch', '--interval', String(Math.max(10, interval))],
        signal: mine.controller.signal,
        keep: 1, // it goes on for days
      });
      const last = events.at(-1);
      if (mine.controller.signal.aborted) return;
      mine.state = exit <= 1 ? 'retrying' : 'off';
      trouble = last?.kind === 'run.finished' ? last.summary : `rpi ended with ${exit}.`;
    } catch (error) {
      if (mine.controller.signal.aborted) return;
      mine.state = 'off';
      trouble = error instanceof Error ? error.message : String(error);
      parts.log.warn(`Live discovery of ${project.label}:`, trouble);
    } finally {
      if (mine.state === 'retrying') retryLater();
      tell();
    }
  };

  const retryLater = (): void => {
    retrying ??= setTimeout(() => {
      retrying = undefined;
      for (const [key, { state }] of watches) if (state === 'retrying') watches.delete(key);
      update();
    }, AGAIN);
  };

  const update = (): void => {
    if (!isWanted() || !vscode.workspace.isTrusted) {
      trouble = undefined;
      stopAll();
      return;
    }
    if (view?.visible !== true) {
      if (watches.size > 0) hiding ??= setTimeout(stopAll, GRACE);
      return;
    }
    clearTimeout(hiding);
    hiding = undefined;
    const open = new Map(
      parts.projects.open().map((project) => [project.root.toString(), project]),
    );
    for (const [key, { controller }] of watches) {
      if (open.has(key)) continue;
      controller.abort();
      watches.delete(key);
    }
    for (const [key, project] of open) {
      if (!watches.has(key)) void watch(project, key);
    }
  };

  const listeners = vscode.Disposable.from(
    vscode.workspace.onDidGrantWorkspaceTrust(update),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration('rpi.discovery')) return;
      stopAll();
      update();
    }),
    parts.projects.onDidChange((project) => {
      if (project === undefined) update();
    }),
  );
  return {
    start: () => {
      wanted = true;
      trouble = undefined;
      for (const [key, { state }] of watches) if (state !== 'on') watches.delete(key);
      update();
    },
    stop: () => {
      wanted = false;
      update();
    },
    follow: (followed) => {
      view = followed;
      const listener = followed.onDidChangeVisibility(update);
      update();
      return listener;
    },
    dispose: () => {
      listeners.dispose();
      view = undefined;
      stopAll();
    },
  };
}
