/** Restarts units of systemd on one Pi, as root. */
import { execOnHosts } from '../../exec/exec.ts';
import { acquireLock } from '../../files/lock.ts';
import type { EventBody } from '../../runs/event.ts';
import type { Outcome, ProjectContext } from '../../runs/operation.ts';

/** Milliseconds that systemctl may take: stopping a unit may take 90 s before it is killed. */
const TIMEOUT = 180_000;

/** Throws `lock.held` while another run works on the Pi, and what execOnHosts throws. */
export async function* restartUnits(
  host: string,
  units: readonly string[],
  context: ProjectContext,
): AsyncGenerator<EventBody, Outcome> {
  await using _lock = await acquireLock(context.project.locks, `host ${host}`, 'rpi monitor');
  const what = `restart ${units.join(', ')}`;
  yield { kind: 'step.intended', host, step: 'restart', what };
  const done = yield* execOnHosts(
    {
      limit: host,
      command: { type: 'words', words: ['systemctl', 'restart', '--', ...units] },
      become: true,
      askBecomePassword: false,
      parallel: 1,
      timeout: TIMEOUT,
    },
    context,
  );
  const { status, undone = [] } = done;
  const summary = status === 'ok' ? `Restarted ${units.join(', ')}.` : done.summary;
  return { status, summary, undone };
}
