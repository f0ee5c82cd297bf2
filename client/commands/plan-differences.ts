/** The plan of a reinstallation in the editor's own view of differences, all files in one. */
import * as vscode from 'vscode';
import type { Event, EventOf } from '../../core/runs/event.ts';
import type { OpenProject } from '../open-project.ts';
import { sidesOfDiff } from './diff-sides.ts';
import { virtualDocument } from './virtual-document.ts';

/** What would be another on the Pi, and can be shown. */
export function plannedChanges(events: readonly Event[]): readonly Changed[] {
  return events.flatMap((event) =>
    event.kind === 'file.changed' && event.planned && event.diff !== undefined
      ? [{ path: event.path, action: event.action, diff: event.diff }]
      : [],
  );
}

export type Changed = {
  readonly path: string;
  readonly action: EventOf<'file.changed'>['action'];
  readonly diff: string;
};

/** Opens one view of all of them; nothing without any. */
export async function showDifferences(
  project: OpenProject,
  host: string,
  changes: readonly Changed[],
): Promise<void> {
  if (changes.length === 0) return;
  const resources = changes.map(({ path, action, diff }) => {
    const { before, after } = sidesOfDiff(diff);
    const now = virtualDocument(project, path, before, { side: 'now' });
    const planned = virtualDocument(project, path, after, { side: 'planned' });
    return [
      planned,
      action === 'created' ? undefined : now,
      action === 'removed' ? undefined : planned,
    ] as const;
  });
  await vscode.commands.executeCommand(
    'vscode.changes',
    `Plan: ${host}, on its card now ↔ planned`,
    resources,
  );
}
