/**
 * Switching password login off without locking anybody out: the key has let us in before, the
 * session that does it stays open until a new connection by key has proved that it still does,
 * and a guard on the Pi takes it back by itself if we never return.
 */
import { RpiError } from '../errors.ts';
import type { Clock } from '../runs/operation.ts';
import type { SshSession } from '../ssh/session.ts';
import { takesPasswords } from './get-in.ts';
import type { SetupCall } from './setup-script.ts';
import { setUp, type Elevation } from './setup.ts';

export type PasswordsOff = 'switched-off' | 'were-off';

/**
 * Milliseconds. The guard acts 60 s after it was set: the proof, counted from the order to switch
 * off, and the order that follows it must both fit in.
 */
const PROOF = 40_000;
const ORDER = 10_000;

/**
 * `session` is logged in as `user` and is root by `elevation`; `reconnect` logs in anew by key and
 * returns the login methods the host offers. What has begun is brought to an end: a cancelled run
 * does not stop in between. Throws `access.setup-failed`; passwords are then as they were, or will
 * be within a minute.
 */
export async function switchPasswordsOff(
  session: SshSession,
  user: string,
  elevation: Elevation,
  reconnect: (signal: AbortSignal) => Promise<readonly string[]>,
  clock: Clock,
): Promise<PasswordsOff> {
  const { signal } = new AbortController(); // never aborted: see above
  const order = async (call: SetupCall, timeout = ORDER): Promise<void> => {
    const report = await setUp(session, [call], elevation, { signal, timeout });
    if (report === undefined) throw noLongerRoot(session.target.host, user);
  };
  if (!takesPasswords(await reconnect(signal))) {
    // By an earlier run, perhaps, that ended before it could call its guard off.
    await order({ do: 'passwords-keep-off' });
    return 'were-off';
  }
  const proving = AbortSignal.timeout(PROOF);
  await order({ do: 'passwords-off', user }, PROOF);
  const wrong = await proveOff(reconnect, clock, proving);
  if (wrong === undefined) {
    await order({ do: 'passwords-keep-off' });
    return 'switched-off';
  }
  const restored = await order({ do: 'passwords-restore' }).then(
    () => true,
    (error: unknown) => {
      if (!RpiError.is(error)) throw error;
      return false;
    },
  );
  throw new RpiError(
    'access.setup-failed',
    `${session.target.host}: after switching password login off, ${wrong}.`,
    {
      remedy: `${restored ? 'Password login was switched on again.' : 'The Pi switches password login on again by itself within a minute.'} Look at its sshd_config and its sshd’s log.`,
    },
  );
}

function noLongerRoot(host: string, user: string): RpiError {
  return new RpiError('access.setup-failed', `${host}: ${user} can’t become root any more.`, {
    remedy: 'Look at its sudoers, and run rpi access enroll again.',
  });
}

/** Undefined once the key is let in and passwords are not; else what is wrong. */
async function proveOff(
  reconnect: (signal: AbortSignal) => Promise<readonly string[]>,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | undefined> {
  let wrong = `it took no new connection in ${PROOF / 1000} s`;
  // sshd restarts its listener: the first connections may still meet the old one, or none.
  for (const wait of [0, 300, 1000, 2000]) {
    try {
      await clock.sleep(wait, signal);
      if (!takesPasswords(await reconnect(signal))) return undefined;
      wrong = 'it still takes passwords';
    } catch (error) {
      if (!RpiError.is(error)) throw error;
      if (signal.aborted) return wrong;
      wrong = `the key was not let in (${error.message})`;
    }
  }
  return wrong;
}
