/** What the monitor that watches a project sees, where one does: then nothing is measured here. */
import { RpiError } from '../../core/errors.ts';
import type { MonitorStatus } from '../../core/monitor/daemon/control.ts';
import type { OpenProject } from '../open-project.ts';

/**
 * Undefined where no monitor watches the project, and where one of another version does: then the
 * page measures by itself.
 */
export async function statusOfMonitor(
  open: OpenProject | undefined,
): Promise<MonitorStatus | undefined> {
  const project = await open?.project();
  if (project === undefined) return undefined;
  const { monitorStatus } = await import('../../core/monitor/daemon/control.ts');
  const { socketFolder } = await import('../../core/project/paths.ts');
  try {
    const status = await monitorStatus(socketFolder(process.env), project);
    // The first look is under way.
    return status.lookedAt === undefined ? undefined : status;
  } catch (error) {
    if (RpiError.is(error, 'monitor.not-running', 'input.invalid')) return undefined;
    throw error;
  }
}
