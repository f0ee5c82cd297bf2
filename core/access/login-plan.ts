/** Which logins to try on a host, in which order, on how many connections. Pure. */
import type { SshLogin } from '../ssh/session.ts';

/** The accounts that Raspberry Pi images come with; documented by their makers. */
export const DEFAULT_PASSWORDS = [
  { user: 'pi', password: 'raspberry' },
  { user: 'root', password: 'raspbian' },
] as const;

/** `key`: the project's; `own-key`: a person's; `default`: a well-known password; `given`: a person's. */
export type LoginKind = 'key' | 'own-key' | 'default' | 'given';

/** One connection: a user, and the logins that are tried on it in order. */
export type LoginAttempt = {
  readonly user: string;
  readonly logins: readonly { readonly kind: LoginKind; readonly login: SshLogin }[];
};

/** Attempts with at most two passwords in all; between rounds the host is left alone. */
export type LoginRound = readonly LoginAttempt[];

export type LoginPlanInput = {
  /** The inventory's user, where it names one. */
  readonly user: string | undefined;
  readonly keys: readonly SshLogin[];
  /** Keys of a person that may be let in where the project's are not yet. */
  readonly ownKeys: readonly SshLogin[];
  /** True only for a machine detected as a Pi, where the policy allows it. */
  readonly tryDefaults: boolean;
  /** A person's own passwords, for the user of the inventory, else for pi and root. */
  readonly passwords: readonly string[];
};

/** An sshd may start to penalise us from the third wrong password on. */
const PASSWORDS_A_ROUND = 2;

/** Key first, then the defaults, then what a person gave. */
export function planLogins(input: LoginPlanInput): LoginRound[] {
  const own = input.user === undefined ? ['pi', 'root'] : [input.user];
  const defaults = input.tryDefaults ? DEFAULT_PASSWORDS : [];
  const users = [...new Set([...own, ...defaults.map(({ user }) => user)])];
  const keys = [
    ...input.keys.map((login) => ({ kind: 'key' as const, login })),
    ...input.ownKeys.map((login) => ({ kind: 'own-key' as const, login })),
  ];

  const attempts: LoginAttempt[] = users.map((user) => ({
    user,
    logins: [
      ...keys,
      ...defaults
        .filter((account) => account.user === user)
        .map(({ password }) => ({ kind: 'default' as const, login: byPassword(password) })),
    ],
  }));
  for (const password of input.passwords) {
    for (const user of own) {
      attempts.push({ user, logins: [{ kind: 'given', login: byPassword(password) }] });
    }
  }
  return rounds(joinNeighbours(attempts));
}

function byPassword(password: string): SshLogin {
  return { type: 'password', password };
}

/** Without defaults in between, key and password of a user go on one connection. */
function joinNeighbours(attempts: readonly LoginAttempt[]): LoginAttempt[] {
  const joined: LoginAttempt[] = [];
  for (const attempt of attempts) {
    const at = joined.findIndex(
      ({ user, logins }) =>
        user === attempt.user && passwordsIn(logins) + passwordsIn(attempt.logins) <= 1,
    );
    const before = joined[at];
    if (before === undefined) joined.push(attempt);
    else joined[at] = { ...before, logins: [...before.logins, ...attempt.logins] };
  }
  return joined.filter(({ logins }) => logins.length > 0);
}

function rounds(attempts: readonly LoginAttempt[]): LoginRound[] {
  const result: LoginAttempt[][] = [[]];
  let passwords = 0;
  for (const attempt of attempts) {
    const more = passwordsIn(attempt.logins);
    if (passwords + more > PASSWORDS_A_ROUND) {
      result.push([]);
      passwords = 0;
    }
    passwords += more;
    result.at(-1)?.push(attempt);
  }
  return result.filter((round) => round.length > 0);
}

function passwordsIn(logins: LoginAttempt['logins']): number {
  return logins.filter(({ login }) => login.type === 'password').length;
}
