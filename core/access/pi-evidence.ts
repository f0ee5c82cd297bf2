/** Whether a host of the inventory is a detected Pi: only those are offered default passwords. */
import { raspberryPiPrefix } from '../data/mac-prefixes.ts';
import { judge } from '../detect/evidence.ts';
import type { SeenDevice } from '../detect/sightings.ts';
import { parseProcNetArp } from '../formats/arp.ts';
import { readFile } from 'node:fs/promises';
import type { InventoryHost } from '../inventory/host.ts';

/** What is known of who stands at which address. */
export type Whereabouts = {
  readonly sightings: readonly SeenDevice[];
  /** Address → MAC, as the kernel has it right now; empty where the system does not tell. */
  readonly neighbours: ReadonlyMap<string, string>;
};

/** The system's neighbour table; other systems than Linux have the sightings alone. */
export async function readNeighbours(): Promise<Map<string, string>> {
  const text = await readFile('/proc/net/arp', 'utf8').catch(() => '');
  return new Map(parseProcNetArp(text).map(({ address, mac }) => [address, mac]));
}

/**
 * The freshest evidence decides: the MAC that answers at the address now, else what was seen there
 * last, else the MACs in the inventory. Whoever else took over a Pi's address is not a Pi.
 */
export function isDetectedPi(host: InventoryHost, { sightings, neighbours }: Whereabouts): boolean {
  const now = neighbours.get(host.address);
  if (now !== undefined) {
    if (raspberryPiPrefix(now) !== undefined) return true;
    // A made-up MAC of a Pi's own (Wi-Fi privacy) counts where it was adopted or seen as a Pi.
    return (
      judge({ mac: now }).evidence.every(({ weight }) => weight !== 'against') &&
      (host.macs.includes(now) || sightings.some((seen) => seen.mac === now && seen.isPi)) &&
      sightings.every((seen) => seen.mac !== now || seen.isPi)
    );
  }
  const seen = sightings
    .filter(({ address }) => address === host.address)
    .sort((a, b) => b.lastSeen.localeCompare(a.lastSeen))[0];
  if (seen !== undefined) return seen.isPi;
  return host.macs.some((mac) => raspberryPiPrefix(mac) !== undefined);
}
