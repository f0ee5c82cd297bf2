/** Switches a Pi off and on by the command of rpi.yml, which runs on this machine. */
import { commandFailed, runCommand } from '../../command/run.ts';
import { RpiError, reportOf } from '../../errors.ts';
import { acquireLock } from '../../files/lock.ts';
import { deadline } from '../../runs/deadline.ts';
import type { EventBody } from '../../runs/event.ts';
import type { Outcome, ProjectContext } from '../../runs/operation.ts';

/** Milliseconds for the command; one that waits until the Pi is back has the time to. */
const TIMEOUT = 300_000;

/**
 * `words` is the program and its arguments; `{host}` in them is the Pi. No shell reads them. Throws
 * `lock.held`, `command.not-found` and `run.cancelled`.
 */
export async function* powerCycle(
  host: string,
  words: readonly string[],
  { project, env, signal }: ProjectContext,
): AsyncGenerator<EventBody, Outcome> {
  await using _lock = await acquireLock(project.locks, `host ${host}`, 'rpi monitor');
  const [program = '', ...args] = words.map((word) => word.replaceAll('{host}', host));
  const command = { command: program, args, cwd: project.root };
  yield { kind: 'host.started', host };
  yield { kind: 'step.intended', host, step: 'power-cycle', what: 'switch it off and on' };
  using late = deadline(signal, TIMEOUT);
  let error: RpiError | undefined;
  try {
    const finished = await runCommand(command, { signal: late.signal, env, guarded: true });
    if (finished.code !== 0) error = commandFailed(command, finished);
  } catch (thrown) {
    if (!RpiError.is(thrown)) throw thrown;
    error = late.isLate() ? tooLong(program) : thrown;
  }
  const status = error === undefined ? 'changed' : signal.aborted ? 'cancelled' : 'failed';
  const summary = error?.message ?? 'switched off and on';
  yield {
    kind: 'host.finished',
    host,
    status,
    summary,
    ...(error === undefined ? {} : { error: reportOf(error) }),
  };
  if (status === 'changed') return { status: 'ok', summary: `${host} was switched off and on.` };
  return { status, summary, undone: [`${host} may be switched off: look at it.`] };
}

function tooLong(program: string): RpiError {
  return new RpiError('command.failed', `${program} did not end within ${TIMEOUT / 1000} s.`);
}
