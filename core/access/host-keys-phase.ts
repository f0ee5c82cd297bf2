/** Before anything is sent: which hosts show a key never seen before, and whether to trust it. */
import { RpiError } from '../errors.ts';
import type { PublicKey } from '../formats/ssh-key.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { EventBody } from '../runs/event.ts';
import { merge } from '../runs/merge.ts';
import type { ProjectContext } from '../runs/operation.ts';
import { describe, hostKeyUnknown } from '../ssh/errors.ts';
import { targetOf } from '../ssh/project-session.ts';
import { connectPatiently } from '../ssh/session.ts';
import type { HostTrust } from './host-trust.ts';

/** How many hosts at once, here and in every round of access. */
export const AT_ONCE = 50;

type NewKey = { readonly host: InventoryHost; readonly key: PublicKey };

/**
 * Shows a person the fingerprints of all new keys and keeps those that are accepted. Returns the
 * hosts whose keys were not, each with its error. Hosts that can't be asked are left to the
 * login that follows. Throws `answer.needed` where nobody can answer: nothing was done then.
 */
export async function* confirmNewKeys(
  hosts: readonly InventoryHost[],
  trust: HostTrust,
  context: ProjectContext,
): AsyncGenerator<EventBody, Map<string, RpiError>> {
  const results = yield* merge(hosts, (host) => lookAt(host, trust, context), {
    limit: AT_ONCE,
    signal: context.signal,
  });
  const found = results.flatMap((result) =>
    result.ok && result.value !== undefined ? [result.value] : [],
  );
  const refused = new Map<string, RpiError>();
  if (context.signal.aborted) return refused;
  const accepted = await askAbout(found, context);
  for (const { host, key } of found) {
    const target = targetOf(host);
    if (accepted.has(host.name)) await trust.accept(target, key);
    else refused.set(host.name, hostKeyUnknown(target, key));
  }
  return refused;
}

/** The key of a host that is not on record; the connection ends before any login. */
async function* lookAt(
  host: InventoryHost,
  trust: HostTrust,
  context: ProjectContext,
): AsyncGenerator<EventBody, NewKey | undefined> {
  const target = targetOf(host);
  if (trust.isOnRecord(target)) return undefined;
  let key: PublicKey | undefined;
  const verifier = trust.looking(target, (shown) => {
    key = shown;
    throw hostKeyUnknown(target, shown);
  });
  try {
    await connectPatiently(target, [], verifier, context);
  } catch (error) {
    if (!RpiError.is(error)) throw error; // what else is wrong, the login tells
  }
  if (key === undefined) return undefined;
  yield {
    kind: 'step.finished',
    host: host.name,
    step: 'host-key',
    status: 'ok',
    detail: describe(key),
  };
  return { host, key };
}

/** One question for one key; for several, each may be answered for all that follow. */
async function askAbout(found: readonly NewKey[], context: ProjectContext): Promise<Set<string>> {
  const accepted = new Set<string>();
  const list = found.map(({ host, key }) => `  ${host.name} (${host.address})  ${describe(key)}`);
  const detail = `Never seen before:\n${list.join('\n')}`;
  for (const [index, { host, key }] of found.entries()) {
    const rest = found.slice(index);
    const answer = await context.ask({
      type: 'choice',
      text: `Trust ${host.name} (${host.address}), ${describe(key)}?`,
      choices: rest.length === 1 ? ['yes', 'no'] : ['yes', 'no', 'all', 'none'],
      ...(index === 0 ? { detail } : {}),
    });
    if (answer === 'yes') accepted.add(host.name);
    if (answer === 'all') for (const each of rest) accepted.add(each.host.name);
    if (answer === 'all' || answer === 'none') break;
  }
  return accepted;
}
