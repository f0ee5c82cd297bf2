/** Installations that go on by themselves on a Pi, whoever began them, are no failure of it. */
import { jobsOf } from '../../install/job.ts';
import type { ProjectContext } from '../../runs/operation.ts';
import type { HostFacts } from '../decisions/tick.ts';
import type { Observation } from '../watch/observation.ts';

/** Of those that are not well: until its time is up, a Pi that is being installed is left alone. */
export async function factsOfJobs(
  hosts: readonly Observation[],
  { project, clock }: ProjectContext,
): Promise<Map<string, HostFacts>> {
  const facts = new Map<string, HostFacts>();
  for (const { host, signals, planned } of hosts) {
    if (signals.ssh === 'yes' || planned !== undefined) continue;
    const [job] = await jobsOf(project, host);
    if (job?.restarted === undefined || !ON_ITS_OWN.has(job.phase)) continue;
    if (clock.now() - Date.parse(job.restarted) > job.deadline) continue;
    facts.set(host, { planned: 'an installation of it is under way (rpi install status)' });
  }
  return facts;
}

const ON_ITS_OWN: ReadonlySet<string> = new Set(['restarting', 'installing']);
