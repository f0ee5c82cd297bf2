/** Errors of sources as faults of the fleet, which is shown all the same. */
import { reportOf, RpiError } from '../errors.ts';
import type { Environment } from '../command/run.ts';
import { openProject } from '../project/project.ts';
import type { FleetFault } from './fleet.ts';

/** A fault for each place the error names; one without a place where it names none. */
export function faultsOf(source: FleetFault['source'], error: unknown): FleetFault[] {
  const report = reportOf(error);
  const places = RpiError.is(error) ? error.places : [];
  if (places.length === 0) {
    return [{ source, error: report, path: undefined, line: undefined, column: undefined }];
  }
  return places.map(({ path, line, column, message }) => ({
    source,
    error: { ...report, message },
    path,
    line,
    column,
  }));
}

/** What keeps the project at `root` from being opened; empty where nothing does. */
export async function readProjectFaults(root: string, env: Environment): Promise<FleetFault[]> {
  try {
    await openProject(root, env);
    return [];
  } catch (error) {
    return faultsOf('config', error);
  }
}
