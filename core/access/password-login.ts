/**
 * Switching password login off without locking anybody out: the key has let us in before, the
 * session that does it stays open until a new connection by key has proved that it still does,
 * and a guard on the Pi takes it back by itself if we never return.
 */
import { RpiError } from '../errors.ts';
import type { Clock } from '../runs/operation.ts';
import type { SshSession } from '../ssh/session.ts';
import { takesPasswords } from './get-in.ts';
import { setUp, type Elevation } from './setup.ts';

export type PasswordsOff = 'switched-off' | 'were-off';

/**
 * `session` is logged in as `user` and is root by `elevation`; `reconnect` logs in anew by key and
 * returns the login methods the host offers. What has begun is brought to an end: a cancelled run
 * does not stop in between. Throws `access.setup-failed`; passwords are then as they were.
 */
export async function switchPasswordsOff(
  session: SshSession,
  user: string,
  elevation: Elevation,
  reconnect: (signal: AbortSignal) => Promise<readonly string[]>,
  clock: Clock,
): Promise<PasswordsOff> {
  const signal = AbortSignal.timeout(55_000); // the guard on the Pi acts after 60 s
  if (!takesPasswords(await reconnect(signal))) return 'were-off';
  await setUp(session, [{ do: 'passwords-off', user }], elevation, { signal });
  const proof = await proveOff(reconnect, clock, signal);
  if (proof === undefined) {
    await setUp(session, [{ do: 'passwords-keep-off' }], elevation, { signal });
    return 'switched-off';
  }
  await setUp(session, [{ do: 'passwords-restore' }], elevation, { signal });
  throw new RpiError(
    'access.setup-failed',
    `${session.target.host}: after switching password login off, ${proof}.`,
    {
      remedy: 'Password login was switched on again. Look at its sshd_config and its sshd’s log.',
    },
  );
}

/** Undefined once the key is let in and passwords are not; else what is wrong. */
async function proveOff(
  reconnect: (signal: AbortSignal) => Promise<readonly string[]>,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | undefined> {
  let wrong = '';
  // sshd restarts its listener: the first connections may still meet the old one, or none.
  for (const wait of [0, 300, 1000, 2000]) {
    await clock.sleep(wait, signal);
    try {
      if (!takesPasswords(await reconnect(signal))) return undefined;
      wrong = 'it still takes passwords';
    } catch (error) {
      if (!RpiError.is(error)) throw error;
      wrong = `the key was not let in (${error.message})`;
    }
  }
  return wrong;
}
