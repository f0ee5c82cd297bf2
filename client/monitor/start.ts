/** The monitor of a project, in a process of its own: closing the window does not end it. */
import * as vscode from 'vscode';
import { RpiError } from '../../core/errors.ts';
import type { App } from '../app.ts';
import { startDetached } from '../detached.ts';
import type { OpenProject } from '../open-project.ts';

/** False where one watches already. Throws what it told where it did not start, as startDetached. */
export async function startMonitor(
  { context }: Pick<App, 'context'>,
  project: OpenProject,
): Promise<boolean> {
  if (await isWatched(project)) return false;
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: `Starting the monitor of ${project.label}…`,
    },
    () =>
      startDetached({ context }, { project, args: ['monitor'], isUp: () => isWatched(project) }),
  );
  return true;
}

/** Whether a monitor of any version answers. */
async function isWatched(open: OpenProject): Promise<boolean> {
  const [{ monitorStatus }, { socketFolder }] = await Promise.all([
    import('../../core/monitor/daemon/control.ts'),
    import('../../core/project/paths.ts'),
  ]);
  const project = await open.project();
  if (project === undefined) return false;
  try {
    await monitorStatus(socketFolder(process.env), project);
    return true;
  } catch (error) {
    if (RpiError.is(error, 'monitor.not-running')) return false;
    if (RpiError.is(error, 'monitor.version')) return true;
    throw error;
  }
}
