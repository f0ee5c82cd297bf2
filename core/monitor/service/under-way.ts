/** A monitor that is ended in the middle of a remedy leaves it interrupted: it is waited for. */
import { RpiError } from '../../errors.ts';
import { REMEDIES } from '../../project/monitor-policy.ts';
import type { ProjectContext } from '../../runs/operation.ts';
import { listRuns } from '../../runs/reader.ts';

const COMMANDS: ReadonlySet<string> = new Set(REMEDIES.map((remedy) => `monitor ${remedy}`));

/** Throws `lock.held` where a remedy of this project's monitor is under way. `verb`: what is asked for. */
export async function refuseMeanwhile(
  verb: 'install' | 'uninstall',
  { project }: ProjectContext,
): Promise<void> {
  const runs = await listRuns(project.runs);
  const run = runs.find(({ state, started }) => state === 'live' && COMMANDS.has(started.command));
  if (run === undefined) return;
  const { id, started, events } = run;
  const host = events.flatMap((event) => ('host' in event ? (event.host ?? []) : []))[0];
  const what = started.command.slice('monitor '.length);
  throw new RpiError(
    'lock.held',
    `The monitor is in the middle of a remedy: ${what}${host === undefined ? '' : ` of ${host}`} (run ${id}). Ending the monitor would break it off.`,
    {
      remedy: `Wait for its end (rpi runs follow ${id}) or end it (rpi runs cancel ${id}); then rpi monitor service ${verb} again.`,
    },
  );
}
