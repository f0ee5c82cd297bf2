/** Getting in: works through a host's login plan, gently. */
import { cancelled, RpiError } from '../errors.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { Context } from '../runs/operation.ts';
import type { HostKeyVerifier } from '../ssh/connect.ts';
import { targetOf } from '../ssh/project-session.ts';
import { connectPatiently, type SshSession, type SshTarget } from '../ssh/session.ts';
import type { LoginKind, LoginRound } from './login-plan.ts';

export type Entry =
  | {
      readonly in: true;
      readonly session: SshSession;
      readonly user: string;
      readonly kind: LoginKind;
      /** The password that was let in, for sudo; undefined for a key. */
      readonly password: string | undefined;
    }
  | {
      readonly in: false;
      /** The login methods the host offers. */
      readonly methods: readonly string[];
      /** When the last password was sent; milliseconds since the epoch. */
      readonly lastPassword: number | undefined;
    };

/** Milliseconds a host is left alone after two wrong passwords. */
const PAUSE = 5500;

/**
 * Tries the rounds in order until one login is let in. `since` is when a password was last sent
 * to the host, by an earlier call. Throws what openSession throws but for refused logins.
 */
export async function getIn(
  host: InventoryHost,
  plan: readonly LoginRound[],
  verifier: (target: SshTarget) => HostKeyVerifier,
  options: Pick<Context, 'signal' | 'clock'> & { readonly since?: number | undefined },
): Promise<Entry> {
  const { signal, clock } = options;
  let methods: readonly string[] | undefined;
  let lastPassword = options.since;
  for (const round of plan) {
    let waited = false;
    for (const attempt of round) {
      const logins = attempt.logins.filter(
        ({ login }) => login.type !== 'password' || takesPasswords(methods),
      );
      if (logins.length === 0) continue;
      const sendsPassword = logins.some(({ login }) => login.type === 'password');
      if (sendsPassword && !waited && lastPassword !== undefined) {
        await clock.sleep(Math.max(0, lastPassword + PAUSE - clock.now()), signal);
      }
      waited = true;
      const target = targetOf(host, attempt.user);
      const result = await connectPatiently(
        target,
        logins.map(({ login }) => login),
        verifier(target),
        { signal, clock, timeout: 30_000 },
      );
      if (!('refused' in result)) {
        const used = logins.find(({ login }) => login === result.login);
        return {
          in: true,
          session: result,
          user: attempt.user,
          kind: used?.kind ?? 'key',
          password: result.login.type === 'password' ? result.login.password : undefined,
        };
      }
      methods = result.methods;
      if (sendsPassword && takesPasswords(methods)) lastPassword = clock.now();
    }
  }
  if (signal.aborted) throw cancelled();
  return { in: false, methods: methods ?? [], lastPassword };
}

/** True unless the host has said that it takes none. */
export function takesPasswords(methods: readonly string[] | undefined): boolean {
  return (
    methods === undefined ||
    methods.length === 0 ||
    methods.includes('password') ||
    methods.includes('keyboard-interactive')
  );
}

/** The error of a host that nobody could log in to. */
export function lockedOut(host: InventoryHost, entry: Extract<Entry, { in: false }>): RpiError {
  const takes = entry.methods.length === 0 ? '' : ` It takes: ${entry.methods.join(', ')}.`;
  return new RpiError(
    'access.locked',
    `${host.name} (${host.address}) lets us in by no way we know.${takes}`,
    {
      remedy: takesPasswords(entry.methods)
        ? 'If you know a password: rpi access enroll --ask-password. Else install it anew, or add the key by hand.'
        : 'It takes keys only: name one that is let in (rpi access enroll --key FILE), or add the project’s key by hand.',
    },
  );
}
