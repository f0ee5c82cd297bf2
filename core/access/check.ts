/** `rpi access check`: how each Pi lets us in. Logs in where it may, changes nothing. */
import { RpiError, type ErrorCode } from '../errors.ts';
import { loadSightings } from '../detect/sightings.ts';
import type { PublicKey } from '../formats/ssh-key.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { loadInventory, selectAdopted } from '../inventory/load.ts';
import type { EventBody } from '../runs/event.ts';
import { merge } from '../runs/merge.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import { describe } from '../ssh/errors.ts';
import { loadIdentity } from '../ssh/identity.ts';
import { targetOf } from '../ssh/project-session.ts';
import type { SshLogin } from '../ssh/session.ts';
import { getIn, lockedOut } from './get-in.ts';
import { AT_ONCE } from './host-keys-phase.ts';
import { openHostTrust, type HostTrust } from './host-trust.ts';
import { planLogins } from './login-plan.ts';
import { loadOwnKeys, type OwnKeys } from './own-keys.ts';
import { isDetectedPi, readNeighbours, type Whereabouts } from './pi-evidence.ts';

export type AccessState =
  /** The project's key is let in. */
  | 'key'
  /** A key of the person is let in, and the project's is not. */
  | 'own-key'
  /** A well-known default password is let in. */
  | 'password'
  | 'locked'
  | 'unreachable'
  | 'unknown-host-key'
  | 'changed-host-key'
  | 'penalised';

export type HostAccess = {
  readonly host: string;
  readonly address: string;
  readonly state: AccessState;
  /** Who was let in. */
  readonly user?: string;
  readonly detail: string;
  readonly remedy?: string;
  /** Why it does not let us in. */
  readonly code?: ErrorCode;
};

export type AccessCheckInput = {
  readonly limit: string | undefined;
  /** Files of private keys that may be let in where the project's is not yet. */
  readonly ownKeys: readonly string[];
};

export type AccessCheckOutcome = Outcome & { readonly hosts: readonly HostAccess[] };

/**
 * Fails where a host is locked, unreachable, penalised, or shows a changed key; a host that only
 * waits to be enrolled is no failure. Throws `inventory.*` and `access.identity`.
 */
export async function* checkAccess(
  input: AccessCheckInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, AccessCheckOutcome> {
  const hosts = selectAdopted(await loadInventory(context.project, context), input.limit);
  const ownKeys = await loadOwnKeys(input.ownKeys, hosts, context);
  const states = yield* checkHosts(hosts, ownKeys, context);
  const bad = states.filter(({ state }) => !ENROLLABLE.includes(state));
  const byKey = states.filter(({ state }) => state === 'key').length;
  const summary = `${byKey} of ${hosts.length} let the project’s key in.`;
  if (context.signal.aborted) {
    return {
      status: 'cancelled',
      summary,
      undone: [`${hosts.length - states.length} hosts were not looked at`],
      hosts: states,
    };
  }
  return { status: bad.length === 0 ? 'ok' : 'failed', summary, hosts: states };
}

/** States from which enroll can go on without anything being put right first. */
const ENROLLABLE: readonly AccessState[] = ['key', 'own-key', 'password', 'unknown-host-key'];

/** True where enrolling would get in. */
export function letsIn(state: AccessState): boolean {
  return state === 'key' || state === 'own-key' || state === 'password';
}

/** Looks at hosts and yields a `check` for each. */
export async function* checkHosts(
  hosts: readonly InventoryHost[],
  ownKeys: OwnKeys,
  context: ProjectContext,
): AsyncGenerator<EventBody, HostAccess[]> {
  const { project, env, signal } = context;
  const [identity, trust, sightings, neighbours] = await Promise.all([
    loadIdentity(project, env),
    openHostTrust(context),
    loadSightings(project),
    readNeighbours(),
  ]);
  const look: Look = {
    keys: identity === undefined ? [] : [identity.login],
    ownKeys,
    trust,
    whereabouts: { sightings, neighbours },
  };
  const results = yield* merge(hosts, (host) => checkHost(host, look, context), {
    limit: AT_ONCE,
    signal,
  });
  const failure = results.find(
    (result) => !result.ok && !RpiError.is(result.error, 'run.cancelled'),
  );
  if (failure?.ok === false) throw failure.error;
  return results.flatMap((result) => (result.ok ? [result.value] : []));
}

type Look = {
  readonly keys: readonly SshLogin[];
  readonly ownKeys: OwnKeys;
  readonly trust: HostTrust;
  readonly whereabouts: Whereabouts;
};

async function* checkHost(
  host: InventoryHost,
  look: Look,
  context: ProjectContext,
): AsyncGenerator<EventBody, HostAccess> {
  const access = await accessOf(host, look, context);
  yield {
    kind: 'check',
    host: host.name,
    name: 'access',
    status:
      access.state === 'key' ? 'ok' : ENROLLABLE.includes(access.state) ? 'warning' : 'failed',
    detail: access.detail,
    ...(access.remedy === undefined ? {} : { remedy: access.remedy }),
    ...(access.code === undefined ? {} : { code: access.code }),
  };
  return access;
}

async function accessOf(
  host: InventoryHost,
  { keys, ownKeys, trust, whereabouts }: Look,
  context: ProjectContext,
): Promise<HostAccess> {
  const { access } = context.project.config;
  const of = (state: AccessState, detail: string, more: Partial<HostAccess> = {}): HostAccess => ({
    host: host.name,
    address: host.address,
    state,
    detail,
    ...more,
  });
  const tryDefaults = access.defaults && isDetectedPi(host, whereabouts);
  let unknown: PublicKey | undefined;
  try {
    // A key nobody has accepted yet may see default passwords, which are no secrets, and no key.
    const onRecord = trust.isOnRecord(targetOf(host));
    const mayLook = !onRecord && tryDefaults && access.host_keys !== 'refuse';
    const entry = await getIn(
      host,
      planLogins({
        user: host.user,
        keys: mayLook ? [] : keys,
        ownKeys: mayLook ? [] : ownKeys(host),
        tryDefaults,
        passwords: [],
      }),
      (target) =>
        mayLook
          ? trust.looking(target, (key) => {
              unknown = key;
            })
          : trust.strict(target),
      context,
    );
    if (entry.in) await entry.session[Symbol.asyncDispose]();
    if (unknown !== undefined) {
      const letsIn = entry.in ? `; lets ${entry.user} in by the default password` : '';
      return of(
        entry.in ? 'password' : 'unknown-host-key',
        `host key not accepted yet: ${describe(unknown)}${letsIn}`,
        {
          ...(entry.in ? { user: entry.user } : {}),
          remedy: 'rpi access enroll',
        },
      );
    }
    if (!entry.in) {
      const error = lockedOut(host, entry);
      return of('locked', error.message, causeOf(error));
    }
    if (entry.kind === 'key') return of('key', `${entry.user} by key`, { user: entry.user });
    return entry.kind === 'own-key'
      ? of('own-key', `${entry.user} by a key of yours`, {
          user: entry.user,
          remedy: 'rpi access enroll, with the same --key',
        })
      : of('password', `${entry.user} by the default password`, {
          user: entry.user,
          remedy: 'rpi access enroll',
        });
  } catch (error) {
    const state = RpiError.is(error) ? STATES[error.code] : undefined;
    if (!RpiError.is(error) || state === undefined) throw error;
    return of(state, error.message, causeOf(error));
  }
}

const STATES: Partial<Record<ErrorCode, AccessState>> = {
  'ssh.unreachable': 'unreachable',
  'ssh.timeout': 'unreachable',
  'ssh.closed': 'unreachable',
  'ssh.protocol': 'unreachable',
  'ssh.penalised': 'penalised',
  'ssh.host-key-unknown': 'unknown-host-key',
  'ssh.host-key-changed': 'changed-host-key',
  'ssh.known-hosts-invalid': 'changed-host-key',
};

function causeOf({ code, remedy }: RpiError): Pick<HostAccess, 'code' | 'remedy'> {
  return { code, ...(remedy === undefined ? {} : { remedy }) };
}
