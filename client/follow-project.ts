/** One project of an open folder: what was read of it, and what its files say has changed. */
import { dirname, basename } from 'node:path';
import * as vscode from 'vscode';
import { reportOf } from '../core/errors.ts';
import { isWithin } from '../core/files/within.ts';
import type { Fleet, FleetFault } from '../core/fleet/fleet.ts';
import { projectState } from '../core/project/paths.ts';
import type { FleetReader } from '../core/fleet/read-fleet.ts';
import type { ProgramAnswers } from '../core/inventory/programs.ts';
import type { Project } from '../core/project/project.ts';
import type { RunIndex } from '../core/runs/run-index.ts';
import { stampOf } from './file-stamp.ts';
import type { OpenProject } from './open-project.ts';

export type FollowedProject = OpenProject & {
  readonly dispose: () => void;
  readonly isLive: () => boolean;
  /** Reads what live runs have written since. */
  readonly lookAtRuns: () => Promise<void>;
  /** As lookAtRuns, and compares times and sizes of the files. */
  readonly look: () => Promise<void>;
  /** Times of day have gone on, nothing else. */
  readonly age: () => void;
  /** Files are read again, and inventories that are programs asked again. */
  readonly forget: () => void;
};

type Options = Pick<OpenProject, 'folder' | 'root' | 'label'> & {
  readonly log: vscode.LogOutputChannel;
  readonly onChange: (project: FollowedProject) => void;
  /** Whether somebody looks; else there is time. */
  readonly isLookedAt: () => boolean;
};

/** Files change in flocks. Milliseconds, where somebody looks and where nobody does. */
const DEBOUNCE = 150;
const UNSEEN = 1000;

export function followProject({
  folder,
  root,
  label,
  log,
  onChange,
  isLookedAt,
}: Options): FollowedProject {
  const state = projectState(root.fsPath);
  let index: Promise<RunIndex> | undefined;
  let project: Promise<Project | undefined> | undefined;
  let reader: { readonly of: Project; readonly fleet: FleetReader } | undefined;
  let fleet: Promise<Fleet> | undefined;
  let programs: ProgramAnswers | undefined;
  const ending = new AbortController();
  let isLive = false;
  let stamp: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isDisposed = false;
  let inventoryWatchers: { readonly path: string; readonly all: vscode.Disposable } | undefined;

  const changed = (): void => {
    fleet = undefined;
    timer ??= setTimeout(
      () => {
        timer = undefined;
        if (!isDisposed) onChange(self);
      },
      isLookedAt() ? DEBOUNCE : UNSEEN,
    );
  };
  const configChanged = (): void => {
    project = undefined;
    changed();
  };

  const openIndex = (): Promise<RunIndex> => {
    index ??= import('../core/runs/run-index.ts').then(({ openRunIndex }) =>
      openRunIndex(state.runs),
    );
    return index;
  };
  /** What can't be read is told by the fleet's faults; here it is no change. */
  const refreshRuns = async (): Promise<boolean> => {
    const runs = await openIndex();
    const isNew = await runs.refresh().catch((error: unknown) => {
      log.warn(`${label}: ${reportOf(error).message}`);
      return false;
    });
    isLive = runs.runs().some((run) => run.state === 'live');
    return isNew;
  };

  const readProject = async (): Promise<Project | undefined> => {
    const { openProject } = await import('../core/project/project.ts');
    try {
      const opened = await openProject(root.fsPath, process.env);
      watchInventory(opened.inventory);
      // The same object as long as it says the same: the reader of the fleet goes on with it.
      if (reader !== undefined && JSON.stringify(reader.of) === JSON.stringify(opened)) {
        return reader.of;
      }
      return opened;
    } catch (error) {
      log.warn(`${label}: ${reportOf(error).message}`);
      return undefined;
    }
  };

  const readFleetNow = async (): Promise<Fleet> => {
    const opened = await self.project();
    if (opened === undefined) {
      const { readProjectFaults } = await import('../core/fleet/faults.ts');
      const faults = await readProjectFaults(root.fsPath, process.env);
      if (reader === undefined) return emptyFleet(faults);
      // Somebody is in the middle of editing rpi.yml: the fleet is shown by what it said before.
      const known = await reader.fleet.read({
        runs: await openIndex(),
        programs,
        now: Date.now(),
      });
      return { ...known, faults: [...faults, ...known.faults] };
    }
    const { openFleet } = await import('../core/fleet/read-fleet.ts');
    if (vscode.workspace.isTrusted) programs ??= await askPrograms(ending.signal, changed);
    // A reader remembers what it read: of the next time only what has changed is read.
    if (reader?.of !== opened) reader = { of: opened, fleet: openFleet(opened) };
    const runs = await openIndex();
    const read = await reader.fleet.read({ runs, programs, now: Date.now() });
    isLive = runs.runs().some((run) => run.state === 'live');
    return read;
  };

  /**
   * Beside the inventory and beside the playbooks, as Ansible looks for variables. Outside of the
   * project nothing is watched: rpi.yml could name `/`. There, files are compared when somebody
   * looks.
   */
  const watchInventory = (path: string): void => {
    if (inventoryWatchers?.path === path || isDisposed) return;
    inventoryWatchers?.all.dispose();
    const beside = vscode.Uri.file(dirname(path));
    const name = basename(path);
    const patterns = [
      ...(isWithin(root.fsPath, path)
        ? [
            new vscode.RelativePattern(beside, name),
            new vscode.RelativePattern(vscode.Uri.file(path), '**'),
          ]
        : []),
      ...(isWithin(root.fsPath, beside.fsPath)
        ? [new vscode.RelativePattern(beside, '{group_vars,host_vars}/**')]
        : []),
      new vscode.RelativePattern(root, '{group_vars,host_vars}/**'),
    ];
    inventoryWatchers = { path, all: watch(patterns, changed) };
  };

  const watchers = vscode.Disposable.from(
    watch([new vscode.RelativePattern(root, 'rpi.yml')], configChanged),
    watch(
      [
        new vscode.RelativePattern(root, '.rpi/sightings.json'),
        new vscode.RelativePattern(root, '.rpi/runs/*.jsonl'),
      ],
      changed,
    ),
    // Inventories that are programs may be run now.
    vscode.workspace.onDidGrantWorkspaceTrust(changed),
  );

  const self: FollowedProject = {
    folder,
    root,
    label,
    project: () => {
      project ??= readProject();
      return project;
    },
    fleet: () => {
      fleet ??= readFleetNow().catch((error: unknown) => {
        log.error(`${label}:`, error instanceof Error ? (error.stack ?? '') : String(error));
        return emptyFleet([
          {
            source: 'config',
            error: reportOf(error),
            path: undefined,
            line: undefined,
            column: undefined,
          },
        ]);
      });
      return fleet;
    },
    runs: async () => {
      await refreshRuns();
      return (await openIndex()).runs();
    },
    isLive: () => isLive,
    lookAtRuns: async () => {
      if (await refreshRuns()) changed();
    },
    look: async () => {
      const paths = ['rpi.yml', 'group_vars', 'host_vars'].map(
        (name) => vscode.Uri.joinPath(root, name).fsPath,
      );
      const inventory = inventoryWatchers?.path;
      const beside =
        inventory === undefined
          ? []
          : ['group_vars', 'host_vars'].map(
              (name) => vscode.Uri.joinPath(vscode.Uri.file(dirname(inventory)), name).fsPath,
            );
      const now = await stampOf([
        ...paths,
        state.sightings,
        ...(inventory === undefined ? [] : [inventory, ...beside]),
      ]);
      const isNew = stamp !== undefined && stamp !== now;
      stamp = now;
      if (isNew) configChanged();
      else await self.lookAtRuns();
    },
    age: changed,
    forget: () => {
      programs?.renew();
      configChanged();
    },
    dispose: () => {
      isDisposed = true;
      ending.abort();
      clearTimeout(timer);
      watchers.dispose();
      inventoryWatchers?.all.dispose();
    },
  };
  return self;
}

/** Inventories that are programs: Ansible asks them, in a process of its own. */
async function askPrograms(signal: AbortSignal, onAnswer: () => void): Promise<ProgramAnswers> {
  const [{ openProgramAnswers }, { listProgram }] = await Promise.all([
    import('../core/inventory/programs.ts'),
    import('../core/inventory/source.ts'),
  ]);
  return openProgramAnswers({
    list: (path) => listProgram(path, { env: process.env, signal }),
    onAnswer: () => {
      if (!signal.aborted) onAnswer();
    },
    now: Date.now,
  });
}

function watch(patterns: readonly vscode.GlobPattern[], onChange: () => void): vscode.Disposable {
  return vscode.Disposable.from(
    ...patterns.flatMap((pattern) => {
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      return [
        watcher,
        watcher.onDidCreate(onChange),
        watcher.onDidChange(onChange),
        watcher.onDidDelete(onChange),
      ];
    }),
  );
}

function emptyFleet(faults: readonly FleetFault[]): Fleet {
  return { roots: [], groups: new Map(), pis: new Map(), discovered: [], faults };
}
