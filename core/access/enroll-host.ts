/** Enrolling one host: get in, set it up, prove that the key works, switch passwords off. */
import { acquireLock } from '../files/lock.ts';
import { cancelled, reportOf, RpiError } from '../errors.ts';
import type { PublicKey } from '../formats/ssh-key.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { EventBody } from '../runs/event.ts';
import type { ProjectContext } from '../runs/operation.ts';
import type { HostKeyVerifier } from '../ssh/connect.ts';
import { targetOf } from '../ssh/project-session.ts';
import {
  connectPatiently,
  type SshLogin,
  type SshSession,
  type SshTarget,
} from '../ssh/session.ts';
import { setupCalls, withdrawalCalls, type AuthorisedUser } from './authorised.ts';
import { getIn, lockedOut, type Entry } from './get-in.ts';
import type { HostTrust } from './host-trust.ts';
import { planLogins, type LoginKind } from './login-plan.ts';
import type { OwnKeys } from './own-keys.ts';
import { switchPasswordsOff } from './password-login.ts';
import { setUp, type Elevation, type PiFacts, type SetupReport } from './setup.ts';

/** What is the same for every host of a run. */
export type EnrollPlan = {
  readonly trust: HostTrust;
  /** How to verify a host's key where it is not on record. */
  readonly verifier: (target: SshTarget) => HostKeyVerifier;
  readonly login: SshLogin;
  readonly ownKeys: OwnKeys;
  /** Keys to authorise for the project itself. */
  readonly keys: readonly PublicKey[];
  /** Keys of the project that were replaced. */
  readonly oldKeys: readonly PublicKey[];
  /** Another login that must work too, of the key that is to replace the present one. */
  readonly nextLogin: SshLogin | undefined;
  readonly users: readonly AuthorisedUser[];
  readonly root: boolean;
  readonly passwordLogin: 'keep' | 'off';
  /** Whether a person has confirmed that a copy of the key is kept elsewhere; asks once. */
  readonly savedCopy: () => Promise<boolean>;
};

/** What is tried on this host. */
export type HostTry = {
  readonly tryDefaults: boolean;
  readonly passwords: readonly string[];
  /** When an earlier try sent a password. */
  readonly since: number | undefined;
};

export type Enrolled = {
  readonly status: 'enrolled';
  readonly user: string;
  /** How we got in this time. */
  readonly kind: LoginKind;
  /** Whether the user can become root by sudo. */
  readonly sudo: boolean;
  readonly facts: PiFacts;
  readonly changed: readonly string[];
  /** A part of the policy that could not be carried out. */
  readonly problem?: RpiError;
};

export type HostEnrollment =
  | Enrolled
  | {
      readonly status: 'locked';
      readonly entry: Extract<Entry, { in: false }>;
      readonly error: RpiError;
    }
  | { readonly status: 'failed'; readonly error: RpiError };

/**
 * A host that can't be enrolled is a result. Holds the host's lock. `host.finished` is the
 * caller's to yield, who may try a locked host again.
 */
export async function* enrollHost(
  host: InventoryHost,
  attempt: HostTry,
  plan: EnrollPlan,
  context: ProjectContext,
): AsyncGenerator<EventBody, HostEnrollment> {
  try {
    await using _lock = await acquireLock(
      context.project.locks,
      `host ${host.name}`,
      'rpi access enroll',
    );
    const entry = await getIn(
      host,
      planLogins({
        user: host.user,
        keys: [plan.login],
        ownKeys: plan.ownKeys(host),
        tryDefaults: attempt.tryDefaults,
        passwords: attempt.passwords,
      }),
      plan.verifier,
      { ...context, since: attempt.since },
    );
    if (!entry.in) return { status: 'locked', entry, error: lockedOut(host, entry) };
    await using _session = entry.session;
    yield {
      kind: 'step.finished',
      host: host.name,
      step: 'login',
      status: 'ok',
      detail: saidOf(entry),
    };
    return yield* enrollInside(host, entry, attempt, plan, context);
  } catch (error) {
    if (!RpiError.is(error)) throw error;
    return { status: 'failed', error };
  }
}

async function* enrollInside(
  host: InventoryHost,
  entry: Extract<Entry, { in: true }>,
  attempt: HostTry,
  plan: EnrollPlan,
  context: ProjectContext,
): AsyncGenerator<EventBody, Enrolled> {
  const { session, user, kind } = entry;
  const passwords = [entry.password, ...attempt.passwords].filter((p) => p !== undefined);
  const { report, elevation } = await installKeys(session, user, passwords, plan, context.signal);
  yield {
    kind: 'step.finished',
    host: host.name,
    step: 'keys',
    status: report.changed.length === 0 ? 'ok' : 'changed',
    detail: report.changed.length === 0 ? 'keys as wanted' : `set up: ${report.changed.join(', ')}`,
  };
  if (kind !== 'key') await proveKey(host, user, plan.login, plan, context.signal, context);
  if (plan.nextLogin !== undefined) {
    await proveKey(host, user, plan.nextLogin, plan, context.signal, context);
  }
  const changed = [...report.changed];
  let problem: RpiError | undefined = elevation === undefined ? notRoot(host, user) : undefined;
  if (plan.passwordLogin === 'off' && elevation !== undefined) {
    problem = await keyMayBeAlone(host, user, report, plan);
    if (problem === undefined) {
      yield {
        kind: 'step.intended',
        host: host.name,
        step: 'passwords',
        what: 'switch password login off',
      };
      const reconnect = (signal: AbortSignal): Promise<readonly string[]> =>
        proveKey(host, user, plan.login, plan, signal, context);
      const result = await switchPasswordsOff(session, user, elevation, reconnect, context.clock);
      if (result === 'switched-off') changed.push('password login off');
      yield { kind: 'step.finished', host: host.name, step: 'passwords', status: 'ok' };
    }
  }
  return {
    status: 'enrolled',
    user,
    kind,
    sudo: elevation !== undefined && elevation.type !== 'is-root',
    facts: report.facts,
    changed,
    ...(problem === undefined ? {} : { problem }),
  };
}

/** As root where possible; else for the user alone, and `elevation` is undefined. */
async function installKeys(
  session: SshSession,
  user: string,
  passwords: readonly string[],
  plan: EnrollPlan,
  signal: AbortSignal,
): Promise<{ report: SetupReport; elevation: Elevation | undefined }> {
  const accounts = [user, ...(plan.root ? ['root'] : []), ...plan.users.map(({ name }) => name)];
  const calls = [
    ...setupCalls(user, plan.keys, plan.users, { root: plan.root }),
    ...withdrawalCalls(accounts, plan.oldKeys, plan.users),
  ];
  const ways: Elevation[] =
    user === 'root'
      ? [{ type: 'is-root' }]
      : [
          { type: 'sudo' },
          ...passwords.map((password): Elevation => ({ type: 'sudo-password', password })),
        ];
  for (const elevation of ways) {
    const report = await setUp(session, calls, elevation, { signal });
    if (report !== undefined) return { report, elevation };
  }
  const own = [
    ...setupCalls(user, plan.keys, [], { root: false }),
    ...withdrawalCalls([user], plan.oldKeys, plan.users),
  ];
  const report = await setUp(session, own, undefined, { signal });
  if (report === undefined) throw cancelled(); // only a refused elevation is undefined
  return { report, elevation: undefined };
}

/** Logs in anew by key. Returns the login methods the host offers. */
async function proveKey(
  host: InventoryHost,
  user: string,
  login: SshLogin,
  plan: EnrollPlan,
  signal: AbortSignal,
  { clock }: ProjectContext,
): Promise<readonly string[]> {
  const target = targetOf(host, user);
  const options = { signal, clock, probe: plan.passwordLogin === 'off' };
  const result = await connectPatiently(target, [login], plan.trust.strict(target), options);
  if ('refused' in result) {
    throw new RpiError(
      'access.setup-failed',
      `${host.name}: the key was installed for ${user}, but sshd does not take it.`,
      {
        remedy: `Look at its sshd’s log (journalctl -u ssh), AuthorizedKeysFile in sshd_config, and who may write to ${user}’s home folder.`,
      },
    );
  }
  await result[Symbol.asyncDispose]();
  return result.methods;
}

/**
 * One key alone is one lost disk away from a locked Pi: a second one, or a copy, is wanted. While
 * the project's key is replaced, both of its keys are authorised, and they are on one disk.
 */
async function keyMayBeAlone(
  host: InventoryHost,
  user: string,
  report: SetupReport,
  plan: EnrollPlan,
): Promise<RpiError | undefined> {
  const most = Math.max(report.keys[user] ?? 0, report.keys['root'] ?? 0);
  const sameDisk = plan.nextLogin === undefined ? 0 : 1;
  if (most - sameDisk >= 2 || (await plan.savedCopy())) return undefined;
  return new RpiError(
    'access.password-login-kept',
    `${host.name}: password login stays on: only one key is authorised, and no copy of it was confirmed.`,
    {
      remedy:
        'Authorise a second key (access.users in rpi.yml, or by hand), or save a copy of the project’s key and run: rpi access enroll --key-saved',
    },
  );
}

function notRoot(host: InventoryHost, user: string): RpiError {
  return new RpiError(
    'access.setup-failed',
    `${host.name}: the key of ${user} is set up, but ${user} can’t become root: nothing else was done.`,
    {
      remedy: `Let ${user} use sudo, or enroll by a user who may: rpi access enroll --ask-password`,
    },
  );
}

function saidOf({ user, kind }: Extract<Entry, { in: true }>): string {
  const by = {
    key: 'by key',
    'own-key': 'by a key of yours',
    default: 'by the default password',
    given: 'by password',
  }[kind];
  return `${user} ${by}`;
}

/** How a host's end is told. */
export function finishedEvent(host: InventoryHost, result: HostEnrollment): EventBody {
  if (result.status !== 'enrolled') {
    const report = reportOf(result.error);
    return {
      kind: 'host.finished',
      host: host.name,
      status: statusOf(result.error),
      summary: report.message,
      error: report,
    };
  }
  const { problem, changed, user } = result;
  const summary =
    changed.length === 0
      ? `${user} by key, as before`
      : `${user} by key; set up: ${changed.join(', ')}`;
  if (problem !== undefined) {
    return {
      kind: 'host.finished',
      host: host.name,
      status: statusOf(problem),
      summary: `${summary}. ${problem.message}`,
      error: reportOf(problem),
    };
  }
  return {
    kind: 'host.finished',
    host: host.name,
    status: changed.length === 0 ? 'ok' : 'changed',
    summary,
  };
}

const REFUSALS = [
  'ssh.host-key-unknown',
  'ssh.host-key-changed',
  'ssh.known-hosts-invalid',
  'lock.held',
  'access.password-login-kept',
] as const;

export function statusOf(error: RpiError): 'failed' | 'refused' | 'cancelled' {
  if (error.code === 'run.cancelled') return 'cancelled';
  return RpiError.is(error, ...REFUSALS) ? 'refused' : 'failed';
}
