/** Logging in over ssh. The host key is always verified; there is no way to leave that out. */
import { RpiError } from '../errors.ts';
import type { Clock } from '../runs/operation.ts';
import { connect, type Connection, type ConnectOptions, type HostKeyVerifier } from './connect.ts';
import type { SshTarget } from './errors.ts';
import type { SshLogin } from './login.ts';

export type { HostKeyVerifier } from './connect.ts';
export type { SshTarget } from './errors.ts';
export type { ExecOptions } from './exec.ts';
export type { SshLogin } from './login.ts';

/** A logged-in connection. Dispose of it with `await using`. */
export type SshSession = Connection;

export type SessionOptions = ConnectOptions & {
  readonly clock: Clock;
  /** Milliseconds before each further try at a server that hangs up at once; 1 s and 5 s. */
  readonly patience?: readonly number[];
};

/** How long a server that hangs up at once is left alone, in milliseconds, one entry a try. */
const PATIENCE = [1000, 5000];

/**
 * Logs in, by the first of `logins` that is let in. A server that hangs up before it says who it
 * is (too many connections at once, or a penalty) is tried again as `patience` says.
 *
 * Throws `ssh.unreachable`, `ssh.timeout`, `ssh.refused-login`, `ssh.penalised`, `ssh.closed`,
 * `ssh.protocol`, `run.cancelled`, and what the verifier throws: `ssh.host-key-unknown`,
 * `ssh.host-key-changed`, `ssh.known-hosts-invalid`.
 */
export async function openSession(
  target: SshTarget,
  logins: SshLogin | readonly SshLogin[],
  verifier: HostKeyVerifier,
  options: SessionOptions,
): Promise<SshSession> {
  const list = 'type' in logins ? [logins] : logins;
  const result = await connectPatiently(target, list, verifier, options);
  if ('refused' in result) throw result.error;
  return result;
}

/** As `connect`, with the patience of openSession. */
export async function connectPatiently(
  target: SshTarget,
  logins: readonly SshLogin[],
  verifier: HostKeyVerifier,
  options: SessionOptions,
): ReturnType<typeof connect> {
  for (const wait of options.patience ?? PATIENCE) {
    try {
      return await connect(target, logins, verifier, options);
    } catch (error) {
      if (!RpiError.is(error, 'ssh.penalised')) throw error;
    }
    // Spread out: many that were turned away together should not come back together.
    await options.clock.sleep(wait * (1 + Math.random() / 2), options.signal);
  }
  return connect(target, logins, verifier, options);
}
