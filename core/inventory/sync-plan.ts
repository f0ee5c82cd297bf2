/** What `rpi inventory sync` would change: addresses of hosts that were seen elsewhere. */
import { isIP } from 'node:net';
import type { SeenDevice } from '../detect/sightings.ts';
import type { InventoryHost } from './host.ts';
import type { RecognisedHost } from './recognise.ts';

export type Move = {
  readonly host: InventoryHost;
  readonly from: string;
  readonly to: string;
  /** How it was recognised, in words: `by its MAC b8:27:eb:…`. */
  readonly proof: string;
};

export type SyncPlan = {
  readonly moves: readonly Move[];
  /** Hosts that were seen where the inventory says they are. */
  readonly unmoved: readonly InventoryHost[];
  /** What a person should know, a sentence each. */
  readonly notes: readonly string[];
};

/** Plans the moves of hosts that were recognised. An address that is a name is a person's choice. */
export function planSync(
  recognised: readonly RecognisedHost[],
  hosts: readonly InventoryHost[],
): SyncPlan {
  const moves: Move[] = [];
  const unmoved: InventoryHost[] = [];
  const notes: string[] = [];
  for (const { host, devices } of recognised) {
    const [latest] = devices;
    if (latest === undefined) continue;
    if (devices.some(({ address }) => address === host.address)) unmoved.push(host);
    else if (keepsName(host)) {
      unmoved.push(host);
      notes.push(
        `${host.name} is reached by name (${host.address}); it was seen at ${latest.address}.`,
      );
    } else moves.push({ host, from: host.address, to: latest.address, proof: proofOf(latest) });
  }
  return { moves, unmoved, notes: [...notes, ...clashes(moves, hosts)] };
}

/** `ansible_host: kitchen.lan`, and hosts whose name is one that resolvers know. */
function keepsName(host: InventoryHost): boolean {
  if (isIP(host.address) !== 0) return false;
  return host.address !== host.name || host.address.includes('.');
}

function proofOf(device: SeenDevice): string {
  return device.mac === undefined ? 'by its host key' : `by its MAC ${device.mac}`;
}

/** Two hosts at one address: one of them is not there, and nobody has seen where it is. */
function clashes(moves: readonly Move[], hosts: readonly InventoryHost[]): string[] {
  const moved = new Set(moves.map(({ host }) => host.name));
  return moves.flatMap(({ host, to }) =>
    hosts
      .filter((other) => other.address === to && !moved.has(other.name))
      .map(
        (other) =>
          `${other.name} also has the address ${to}, where ${host.name} is now: ${other.name} is elsewhere or off.`,
      ),
  );
}
