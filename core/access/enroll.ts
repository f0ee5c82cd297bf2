/** `rpi access enroll`: switches Pis from passwords to keys, up to 50 at a time. */
import { hostname, userInfo } from 'node:os';
import { askSecret } from '../askpass/secret.ts';
import { RpiError } from '../errors.ts';
import { loadSightings } from '../detect/sightings.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { loadInventory, selectAdopted } from '../inventory/load.ts';
import type { EventBody } from '../runs/event.ts';
import { merge, type HostResult } from '../runs/merge.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import { createIdentity, loadIdentity, type Identity } from '../ssh/identity.ts';
import { authorisedUsers } from './authorised.ts';
import { checkHosts, letsIn } from './check.ts';
import {
  enrollHost,
  finishedEvent,
  statusOf,
  type EnrollPlan,
  type HostEnrollment,
  type HostTry,
} from './enroll-host.ts';
import { takesPasswords } from './get-in.ts';
import { AT_ONCE, confirmNewKeys } from './host-keys-phase.ts';
import { openHostTrust } from './host-trust.ts';
import { writeLearned, type Learned } from './learned.ts';
import { loadOwnKeys, type OwnKeys } from './own-keys.ts';
import { isDetectedPi, readNeighbours } from './pi-evidence.ts';
import { forgetOld, openRotation, switchToNext, type Rotation } from './rotation.ts';

export type EnrollInput = {
  readonly limit: string | undefined;
  /** Accept host keys never seen before without asking. */
  readonly acceptNew: boolean;
  /** Ask for a password where keys and defaults are not let in. */
  readonly askPassword: boolean;
  /**
   * Replace the project's key, on Pis that let it in: no passwords are tried, and no host key is
   * accepted. See rotate.ts.
   */
  readonly rotate: boolean;
  /** A person confirms that a copy of the project's key is kept elsewhere. */
  readonly keySaved: boolean;
  /** Files of private keys that may be let in where the project's is not yet. */
  readonly ownKeys: readonly string[];
};

export type EnrolledHost = {
  readonly host: string;
  readonly address: string;
  /** Where it was placed, now that its model is known. */
  readonly group?: string;
} & HostEnrollment;

export type EnrollOutcome = Outcome & { readonly hosts: readonly EnrolledHost[] };

type Results = Map<string, HostEnrollment>;

/**
 * Works through the hosts and writes what it learned of them into the inventory, once, also when
 * it is cancelled; a Pi that is in no group is placed by its model then. Throws `inventory.*`, `access.identity`, and `answer.needed` where host keys
 * are to be confirmed and nobody can; no host was touched then.
 */
export async function* enroll(
  input: EnrollInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, EnrollOutcome> {
  const { project, signal } = context;
  const inventory = await loadInventory(project, context);
  const hosts = selectAdopted(inventory, input.limit);
  const ownKeys = await loadOwnKeys(input.ownKeys, hosts, context);
  if (context.dryRun) return yield* rehearse(hosts, ownKeys, context);

  const begin = input.rotate || project.config.access.rotate;
  const { identity, rotation } = yield* openKeys(begin, context);
  const plan = await makePlan(input, identity, rotation, ownKeys, context);
  const results: Results = new Map();
  const remaining = yield* refuseNewKeys(hosts, input, plan, results, context);

  yield* firstRound(remaining, results, plan, input, context);
  if (input.askPassword) yield* passwordRounds(remaining, results, plan, context);
  for (const host of remaining) {
    const result = results.get(host.name);
    if (result?.status === 'locked') yield finishedEvent(host, result);
  }

  const learned = yield* writeLearned(inventory.hosts, results, context);
  if (!signal.aborted) yield* finishRotation(inventory.hosts, results, rotation, plan, context);
  return outcomeOf(hosts, results, learned, signal.aborted);
}

/** A dry run: looks, and says what would be done. */
async function* rehearse(
  hosts: readonly InventoryHost[],
  ownKeys: OwnKeys,
  context: ProjectContext,
): AsyncGenerator<EventBody, EnrollOutcome> {
  const states = yield* checkHosts(hosts, ownKeys, context);
  const { access } = context.project.config;
  const users = access.users.map(({ name }) => name);
  const accounts = [...(access.root ? ['root'] : []), ...users];
  yield {
    kind: 'plan',
    title: 'What enrolling would do',
    items: states.map(({ host, state, user, detail }) => ({
      action: state === 'key' ? 'complete' : letsIn(state) ? 'enroll' : 'can’t enroll yet:',
      target: host,
      detail: letsIn(state)
        ? `keys for ${[...new Set([user ?? '', ...accounts])].join(', ')}${
            access.password_login === 'off' ? '; password login off' : ''
          }`
        : detail,
    })),
  };
  return { status: 'ok', summary: 'A dry run: nothing was changed.', hosts: [] };
}

async function* openKeys(
  begin: boolean,
  context: ProjectContext,
): AsyncGenerator<EventBody, { identity: Identity; rotation: Rotation }> {
  const { project, env } = context;
  const passphrase = (file: string): Promise<string> => askSecret(context, `Passphrase of ${file}`);
  const present = await loadIdentity(project, env, passphrase);
  if (present !== undefined) {
    return { identity: present, rotation: await openRotation(project, present, begin) };
  }
  const who = `${userInfo().username}@${hostname()}`;
  const identity = await createIdentity(project.identity, `rpi ${who}`);
  yield {
    kind: 'file.changed',
    path: project.identity,
    action: 'created',
    planned: false,
    detail: 'the project’s key; keep a copy of it in a safe place',
  };
  return { identity, rotation: { next: undefined, old: undefined } };
}

async function makePlan(
  input: EnrollInput,
  identity: Identity,
  { next, old }: Rotation,
  ownKeys: OwnKeys,
  context: ProjectContext,
): Promise<EnrollPlan> {
  const { project } = context;
  const { access } = project.config;
  const trust = await openHostTrust(context);
  const keys = [...identity.publicKeys, ...(next === undefined ? [] : [next.publicKey])];
  let confirmation: Promise<boolean> | undefined;
  return {
    trust,
    verifier:
      !input.rotate && (input.acceptNew || access.host_keys === 'accept')
        ? trust.accepting
        : trust.strict,
    login: identity.login,
    ownKeys,
    keys,
    oldKeys: old === undefined ? [] : [old.publicKey],
    nextLogin: next === undefined ? undefined : { type: 'key', privateKey: next.privateKey },
    users: await authorisedUsers(project, keys),
    root: access.root,
    passwordLogin: access.password_login,
    savedCopy: () => {
      confirmation ??= input.keySaved
        ? Promise.resolve(true)
        : askSavedCopy(identity.file, context);
      return confirmation;
    },
  };
}

/** Where nobody can answer, nothing is confirmed. */
async function askSavedCopy(file: string | undefined, context: ProjectContext): Promise<boolean> {
  const what = file ?? 'the keys of your agent';
  try {
    const answer = await context.ask({
      type: 'yes-no',
      text: `Have you saved a copy of ${what} elsewhere?`,
      detail: 'Password login is to be switched off, and this is the only key that is authorised.',
    });
    return answer === 'yes';
  } catch (error) {
    if (RpiError.is(error, 'answer.needed')) return false;
    throw error;
  }
}

/** Under the policy `ask`, keys never seen before are confirmed first. Returns who remains. */
async function* refuseNewKeys(
  hosts: readonly InventoryHost[],
  input: EnrollInput,
  plan: EnrollPlan,
  results: Results,
  context: ProjectContext,
): AsyncGenerator<EventBody, readonly InventoryHost[]> {
  const { host_keys } = context.project.config.access;
  if (input.rotate || input.acceptNew || host_keys !== 'ask') return hosts;
  const refused = yield* confirmNewKeys(hosts, plan.trust, context);
  for (const host of hosts) {
    const error = refused.get(host.name);
    if (error === undefined) continue;
    const result: HostEnrollment = { status: 'failed', error };
    results.set(host.name, result);
    yield finishedEvent(host, result);
  }
  return hosts.filter((host) => !refused.has(host.name));
}

/** Keys, defaults where they may be tried, and the password of the environment. */
async function* firstRound(
  hosts: readonly InventoryHost[],
  results: Results,
  plan: EnrollPlan,
  { rotate }: EnrollInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, void> {
  const { project, env } = context;
  if (rotate) {
    const byKey: HostTry = { tryDefaults: false, passwords: [], since: undefined };
    yield* enrollAll(hosts, results, plan, context, () => byKey);
    return;
  }
  const given = env['RPI_PASSWORD'];
  const passwords = given === undefined || given === '' ? [] : [given];
  const [sightings, neighbours] = await Promise.all([loadSightings(project), readNeighbours()]);
  yield* enrollAll(hosts, results, plan, context, (host) => ({
    tryDefaults: project.config.access.defaults && isDetectedPi(host, { sightings, neighbours }),
    passwords,
    since: undefined,
  }));
}

/** Asks a person, at most twice, and tries the answer on every host that is still locked. */
async function* passwordRounds(
  hosts: readonly InventoryHost[],
  results: Results,
  plan: EnrollPlan,
  context: ProjectContext,
): AsyncGenerator<EventBody, void> {
  for (let round = 0; round < 2 && !context.signal.aborted; round++) {
    const locked = hosts.filter((host) => {
      const result = results.get(host.name);
      return result?.status === 'locked' && takesPasswords(result.entry.methods);
    });
    if (locked.length === 0) return;
    const users = [...new Set(locked.map(({ user }) => user ?? 'pi or root'))].join(', ');
    const names = locked.map(({ name }) => name).join(', ');
    const password = await askSecret(context, `Password of ${users} on ${names}`);
    if (password === '') return;
    yield* enrollAll(locked, results, plan, context, (host) => {
      const result = results.get(host.name);
      return {
        tryDefaults: false,
        passwords: [password],
        since: result?.status === 'locked' ? result.entry.lastPassword : undefined,
      };
    });
  }
}

async function* enrollAll(
  hosts: readonly InventoryHost[],
  results: Results,
  plan: EnrollPlan,
  context: ProjectContext,
  tryOn: (host: InventoryHost) => HostTry,
): AsyncGenerator<EventBody, void> {
  async function* work(host: InventoryHost): AsyncGenerator<EventBody, HostEnrollment> {
    yield { kind: 'host.started', host: host.name };
    const result = yield* enrollHost(host, tryOn(host), plan, context);
    if (result.status !== 'locked') yield finishedEvent(host, result);
    return result;
  }
  const options = { limit: AT_ONCE, signal: context.signal };
  for (const { host, ...result } of yield* merge(hosts, work, options)) {
    results.set(host.name, resultOf(result));
  }
}

type Result<T> = T extends unknown ? Omit<T, 'host'> : never;

/** What is no error of ours is a fault of the program: it ends the run. */
function resultOf(result: Result<HostResult<InventoryHost, HostEnrollment>>): HostEnrollment {
  if (result.ok) return result.value;
  if (!RpiError.is(result.error)) throw result.error;
  return { status: 'failed', error: result.error };
}

/** The last steps of replacing the key; see rotation.ts. */
async function* finishRotation(
  inventory: readonly InventoryHost[],
  results: Results,
  { next, old }: Rotation,
  plan: EnrollPlan,
  context: ProjectContext,
): AsyncGenerator<EventBody, void> {
  const without = inventory.filter(({ name }) => results.get(name)?.status !== 'enrolled');
  if (without.length > 0) {
    if (next === undefined && old === undefined) return;
    const names = without.map(({ name }) => name).join(', ');
    const text = `The key is replaced once every Pi has the new one. Missing: ${names}.`;
    yield { kind: 'log', level: 'warn', text };
    return;
  }
  if (next !== undefined) {
    await switchToNext(context.project, next);
    yield {
      kind: 'file.changed',
      path: context.project.identity,
      action: 'updated',
      planned: false,
      detail: 'the new key; every Pi has it',
    };
    const after: EnrollPlan = {
      ...plan,
      login: { type: 'key', privateKey: next.privateKey },
      nextLogin: undefined,
      keys: [next.publicKey],
      oldKeys: plan.keys.slice(0, -1),
      users: await authorisedUsers(context.project, [next.publicKey]),
      passwordLogin: 'keep',
    };
    const before = new Map(results);
    const attempt: HostTry = { tryDefaults: false, passwords: [], since: undefined };
    yield* enrollAll(inventory, results, after, context, () => attempt);
    if (inventory.some(({ name }) => results.get(name)?.status !== 'enrolled')) return;
    for (const [name, result] of before) results.set(name, result);
  }
  if (next !== undefined || old !== undefined) await forgetOld(context.project);
}

function outcomeOf(
  hosts: readonly InventoryHost[],
  results: Results,
  { placed, failures }: Learned,
  aborted: boolean,
): EnrollOutcome {
  const list = hosts.flatMap(({ name, address }): EnrolledHost[] => {
    const result = results.get(name);
    const group = placed.get(name);
    const more = group === undefined ? {} : { group };
    return result === undefined ? [] : [{ host: name, address, ...result, ...more }];
  });
  const errors = list.flatMap((result) =>
    result.status === 'enrolled' ? (result.problem ?? []) : result.error,
  );
  // In a run that nobody cancelled, what was cut off ran out of time.
  const statuses = errors.map(statusOf).map((s) => (s === 'cancelled' && !aborted ? 'failed' : s));
  const done = list.filter(({ status }) => status === 'enrolled');
  const changed = done.filter(
    (result) => result.status === 'enrolled' && result.changed.length > 0,
  );
  const undone = hosts
    .filter(({ name }) => {
      const result = results.get(name);
      return (
        result?.status !== 'enrolled' &&
        (result === undefined || statusOf(result.error) === 'cancelled')
      );
    })
    .map(({ name }) => `${name} is not enrolled`);
  return {
    status: aborted
      ? 'cancelled'
      : statuses.includes('failed') || failures.length > 0
        ? 'failed'
        : statuses.includes('refused')
          ? 'refused'
          : 'ok',
    summary: `${[
      `${done.length} of ${hosts.length} let the project’s key in`,
      ...(changed.length === 0 ? [] : [`${changed.length} newly set up`]),
      ...(placed.size === 0 ? [] : [`${placed.size} placed in a group`]),
    ].join(', ')}.`,
    undone: [...undone, ...failures],
    hosts: list,
  };
}
