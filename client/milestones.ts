/** What has been done with a fleet so far, as the walkthrough counts it; pure. */
import type { Fleet } from '../core/fleet/fleet.ts';
import type { RunSummary } from '../core/runs/run-summary.ts';

export type Milestones = {
  /** A Pi is in the inventory. */
  readonly hasAdopted: boolean;
  /** The project's key has let us into one. */
  readonly hasEnrolled: boolean;
  /** A deployment has ended well. */
  readonly hasDeployed: boolean;
};

export function milestonesOf(
  fleets: readonly Pick<Fleet, 'pis'>[],
  runs: readonly Pick<RunSummary, 'command' | 'status' | 'dryRun' | 'hosts'>[],
): Milestones {
  const pis = fleets.flatMap((fleet) => [...fleet.pis.values()]);
  const enrolled = runs
    .filter(({ command, dryRun }) => command === 'access enroll' && !dryRun)
    .flatMap(({ hosts }) => hosts)
    .filter(({ status }) => status === 'ok' || status === 'changed');
  return {
    hasAdopted: pis.length > 0,
    // Its serial number is written down when it has been enrolled.
    hasEnrolled: pis.some(({ serial }) => serial !== undefined) || enrolled.length > 0,
    hasDeployed: runs.some(
      ({ command, dryRun, status }) => command === 'deploy' && !dryRun && status === 'ok',
    ),
  };
}
