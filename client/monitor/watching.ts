/** What the monitor that watches a project sees, where one does: then nothing is measured here. */
import { RpiError } from '../../core/errors.ts';
import type { MonitorStatus } from '../../core/monitor/daemon/control.ts';
import type { OpenProject } from '../open-project.ts';

export type Asked = {
  /** Undefined where no monitor that can be understood watches: then the page measures by itself. */
  readonly status: MonitorStatus | undefined;
  /** What a person should know of it. */
  readonly fault: string | undefined;
};

export async function askMonitor(open: OpenProject | undefined): Promise<Asked> {
  const none = { status: undefined, fault: undefined };
  const project = await open?.project();
  if (project === undefined) return none;
  const { monitorStatus } = await import('../../core/monitor/daemon/control.ts');
  const { socketFolder } = await import('../../core/project/paths.ts');
  try {
    const status = await monitorStatus(socketFolder(process.env), project);
    // The first look is under way.
    return status.lookedAt === undefined ? none : { status, fault: undefined };
  } catch (error) {
    if (RpiError.is(error, 'monitor.not-running', 'input.invalid')) return none;
    if (!RpiError.is(error, 'monitor.version')) throw error;
    return { status: undefined, fault: `${error.message} ${error.remedy ?? ''}`.trim() };
  }
}

export async function statusOfMonitor(
  open: OpenProject | undefined,
): Promise<MonitorStatus | undefined> {
  return (await askMonitor(open)).status;
}
