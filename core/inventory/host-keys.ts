/**
 * Host keys as identity: which unknown device shows the key of a host without a recorded MAC, and
 * known_hosts that follow a host to its new address.
 */
import type { SeenDevice } from '../detect/sightings.ts';
import { RpiError } from '../errors.ts';
import { knownHostName } from '../formats/known-hosts.ts';
import { sameKey, type PublicKey } from '../formats/ssh-key.ts';
import { merge } from '../runs/merge.ts';
import type { EventBody } from '../runs/event.ts';
import type { ProjectContext } from '../runs/operation.ts';
import { hostKeyUnknown } from '../ssh/errors.ts';
import { readKnownHosts, replaceHostKeys, type KnownHosts } from '../ssh/host-keys.ts';
import { openSession } from '../ssh/session.ts';
import type { InventoryHost } from './host.ts';
import { recognise, type RecognisedHost, type Recognition } from './recognise.ts';
import type { Move } from './sync-plan.ts';

const AT_ONCE = 20;
const TIMEOUT = 5000;

/** What is recognised by MAC, and of what is left by host key. */
export async function* recogniseAll(
  hosts: readonly InventoryHost[],
  devices: readonly SeenDevice[],
  context: ProjectContext,
): AsyncGenerator<EventBody, Recognition> {
  const byMac = recognise(hosts, devices);
  const byKey = yield* recogniseByHostKey(hosts, byMac.unknown, context);
  const found = new Set(byKey.flatMap((entry) => entry.devices));
  return {
    recognised: [...byMac.recognised, ...byKey],
    unknown: byMac.unknown.filter((device) => !found.has(device)),
    twins: byMac.twins,
  };
}

/**
 * Recognises hosts that have no MAC on record among `devices`, by host key. Only the keys are
 * asked for: the connection ends before anything else is sent. A key that two hosts share, or two
 * devices show (copied cards), proves nothing.
 */
async function* recogniseByHostKey(
  hosts: readonly InventoryHost[],
  devices: readonly SeenDevice[],
  context: ProjectContext,
): AsyncGenerator<EventBody, RecognisedHost[]> {
  const onRecord = await readKnownHosts(context.project.knownHosts);
  const candidates = hosts
    .filter(({ macs }) => macs.length === 0)
    .map((host) => ({ host, keys: keysOf(onRecord, host.address, host.port) }))
    .filter(({ keys }) => keys.length > 0);
  // A host that is still where it was needs no search.
  const elsewhere = devices.filter(({ banner, isPi }) => isPi || banner !== undefined);
  if (candidates.length === 0 || elsewhere.length === 0) return [];
  const ports = [...new Set(candidates.map(({ host }) => host.port))];
  const doors = elsewhere.flatMap((device) => ports.map((port) => ({ device, port })));
  const shown = yield* merge(doors, (door) => askHostKey(door, candidates, context), {
    limit: AT_ONCE,
    signal: context.signal,
  });
  const matches = shown.flatMap((result) => {
    const key = result.ok ? result.value : undefined;
    if (key === undefined) return [];
    const { device, port } = result.host;
    return candidates
      .filter(({ host, keys }) => host.port === port && keys.some((known) => sameKey(known, key)))
      .map(({ host }) => ({ host, device }));
  });
  return matches
    .filter(
      ({ host, device }) =>
        matches.filter((other) => other.host === host || other.device === device).length === 1,
    )
    .map(({ host, device }) => ({ host, devices: [device] }));
}

async function* askHostKey(
  { device, port }: { readonly device: SeenDevice; readonly port: number },
  candidates: readonly { readonly keys: readonly PublicKey[] }[],
  context: ProjectContext,
): AsyncGenerator<EventBody, PublicKey | undefined> {
  const target = { host: device.address, address: device.address, port, user: 'pi' };
  let shown: PublicKey | undefined;
  const verifier = {
    preferred: [...new Set(candidates.flatMap(({ keys }) => keys.map(({ type }) => type)))],
    verify: (key: PublicKey): void => {
      shown = key;
      throw hostKeyUnknown(target, key);
    },
  };
  try {
    await using _session = await openSession(target, [], verifier, {
      signal: context.signal,
      clock: context.clock,
      timeout: TIMEOUT,
    });
  } catch (error) {
    if (!RpiError.is(error)) throw error;
    if (shown === undefined) {
      yield { kind: 'log', level: 'debug', text: `${device.address}: ${error.message}` };
    }
  }
  return shown;
}

/**
 * Makes known_hosts expect at its new address the very key a host had at the old one. Nothing is
 * trusted by this: a machine with another key is refused there.
 */
export async function moveHostKeys(moves: readonly Move[], context: ProjectContext): Promise<void> {
  const known = await readKnownHosts(context.project.knownHosts);
  const replaced = moves.flatMap(({ host, from, to }) =>
    keysOf(known, from, host.port).map((key) => ({ address: to, port: host.port, key })),
  );
  if (replaced.length > 0) await replaceHostKeys(context.project, replaced, context);
}

function keysOf({ lines }: KnownHosts, address: string, port: number): PublicKey[] {
  const name = knownHostName(address, port);
  return lines
    .filter(({ marker, names }) => marker === undefined && names.includes(name))
    .flatMap(({ key }) => (key === undefined ? [] : [key]));
}
