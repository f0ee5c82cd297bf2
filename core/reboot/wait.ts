/** Waiting for a Pi that was told to reboot. A new boot id is the proof; an answer alone is none. */
import { RpiError, type ErrorCode } from '../errors.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { EventBody } from '../runs/event.ts';
import type { ProjectContext } from '../runs/operation.ts';
import type { ProjectSessions } from '../ssh/project-session.ts';
import type { SshSession } from '../ssh/session.ts';

/** Milliseconds between two tries. */
const PAUSE = 2000;
/** After a refused login: sshd counts those, and would shut us out. */
const PAUSE_AFTER_REFUSAL = 6000;
/** Milliseconds that one try may take. */
const TRY = 10_000;

/** What goes away by itself while a Pi goes down and comes up, and what it means then. */
const PASSING: Partial<Record<ErrorCode, string>> = {
  'ssh.unreachable': 'no answer yet',
  'ssh.timeout': 'no answer yet',
  'ssh.closed': 'going down',
  'ssh.penalised': 'answers, not ready',
  'ssh.protocol': 'answers, not ready',
  // Until the system is up, pam_nologin lets root alone in.
  'ssh.refused-login': 'answers, lets nobody in yet',
};

/**
 * The id of the running system's boot (proc(5), /proc/sys/kernel/random/boot_id). Throws
 * `command.failed` where it can't be read.
 */
export async function bootIdOf(session: SshSession, signal: AbortSignal): Promise<string> {
  const command = 'cat /proc/sys/kernel/random/boot_id';
  const { stdout } = await session.exec(command, { signal, timeout: TRY });
  const id = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(stdout)?.[0];
  if (id !== undefined) return id;
  const { host } = session.target;
  throw new RpiError('command.failed', `${host} does not tell its boot id.`, {
    remedy: `It could not be told whether it reboots. Check the shell of its user: rpi ssh ${host}`,
  });
}

/**
 * Tries to get in until the host has another boot id than `before`. Throws `reboot.not-back`
 * after `deadline` milliseconds, and at once what does not go away by itself (a changed host key).
 */
export async function* waitForNewBoot(
  host: InventoryHost,
  before: string,
  deadline: number,
  sessions: ProjectSessions,
  { clock, signal }: ProjectContext,
): AsyncGenerator<EventBody, void> {
  const began = clock.now();
  let last = 'going down';
  for (;;) {
    const seconds = (milliseconds: number): number => Math.round(milliseconds / 1000);
    yield {
      kind: 'step.progress',
      host: host.name,
      step: 'wait',
      done: seconds(clock.now() - began),
      total: seconds(deadline),
      detail: last,
    };
    const left = began + deadline - clock.now();
    if (left <= 0) throw notBack(host, deadline, last);
    const refused = last === PASSING['ssh.refused-login'];
    await clock.sleep(Math.min(left, refused ? PAUSE_AFTER_REFUSAL : PAUSE), signal);
    const seen = await look(host, sessions, signal);
    if (seen.bootId !== undefined && seen.bootId !== before) return;
    last = seen.bootId === undefined ? seen.state : 'going down';
  }
}

async function look(
  host: InventoryHost,
  sessions: ProjectSessions,
  signal: AbortSignal,
): Promise<{ readonly bootId: string } | { readonly bootId?: undefined; readonly state: string }> {
  try {
    await using session = await sessions.open(host, { signal, timeout: TRY });
    return { bootId: await bootIdOf(session, signal) };
  } catch (error) {
    const state = RpiError.is(error) ? PASSING[error.code] : undefined;
    if (state === undefined) throw error;
    return { state };
  }
}

function notBack(host: InventoryHost, deadline: number, last: string): RpiError {
  return new RpiError(
    'reboot.not-back',
    `${host.name} is not back ${deadline / 1000} s after it was told to reboot (${last}).`,
    {
      remedy:
        'Give it longer with --deadline. If it stays away: rpi detect shows whether it got another address; else look at its lights and screen, or cut its power.',
    },
  );
}
