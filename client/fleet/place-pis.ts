/** Puts Pis into a group: adopts those that were discovered, moves those of the inventory. */
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { OpenProject } from '../open-project.ts';
import type { MovedHost } from './drop.ts';
import { applyInventoryEdits, tellUnsaved } from './inventory-edits.ts';

export type Placing = {
  readonly hosts: readonly MovedHost[];
  /** Keys of discovered Pis. */
  readonly devices: readonly string[];
  /** Undefined: as the rules of rpi.yml say (for discovered ones). */
  readonly group: string | undefined;
};

/** Throws `input.invalid` and `inventory.*` where it can't be done; nothing is changed then. */
export async function placePis(app: App, project: OpenProject, placing: Placing): Promise<void> {
  const { hosts, devices, group } = placing;
  if (!vscode.workspace.isTrusted) {
    void vscode.window.showInformationMessage(
      'This folder is not trusted, so its inventory is not changed. Trust it first.',
    );
    return;
  }
  const opened = await project.project();
  if (opened === undefined) {
    void vscode.window.showInformationMessage('rpi.yml is wrong; mend it first.');
    return;
  }
  const [{ planAdoptEdits, planMoveEdits }, { loadSightings }] = await Promise.all([
    import('../../core/fleet/adopt.ts'),
    import('../../core/detect/sightings.ts'),
  ]);
  const before = new Set((await project.fleet()).pis.keys());
  // They may be a part of it, and say which names are taken.
  const programs = { env: process.env, signal: new AbortController().signal };
  const applied = await applyInventoryEdits(async (files) =>
    devices.length > 0
      ? planAdoptEdits(opened, {
          files,
          programs,
          devices: await loadSightings(opened),
          requests: devices.map((key) => ({ key, group })),
        })
      : group === undefined
        ? []
        : planMoveEdits(opened, { files, programs, hosts, group }),
  );
  if (applied === undefined) return;
  const done =
    devices.length > 0 ? counted(devices.length, 'adopted.') : counted(hosts.length, 'moved.');
  app.log.info(
    `${done} ${[...applied.saved, ...applied.unsaved].map((uri) => uri.fsPath).join(', ')}`,
  );
  if (applied.unsaved.length > 0) {
    await tellUnsaved(applied, done);
    return;
  }
  const [first = hosts[0]?.name] = [...(await freshFleet(app, project)).keys()].filter(
    (name) => devices.length > 0 && !before.has(name),
  );
  if (first !== undefined) await app.reveal(project, first, group);
}

/** What stands in the files now, without waiting until a watcher tells. */
async function freshFleet(app: App, project: OpenProject): Promise<ReadonlyMap<string, unknown>> {
  app.projects.refresh();
  return (await project.fleet()).pis;
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 Pi ${what}` : `${count} Pis ${what}`;
}
