/** What this machine knows of its own links: before anybody else is judged. */
import { networkInterfaces, platform } from 'node:os';
import { readFile } from 'node:fs/promises';
import { readNeighbourTable } from '../../detect/sources/neighbours.ts';
import { nudge } from '../../detect/sources/nudge.ts';
import { parseAddress } from '../../formats/ipv4.ts';
import type { Context } from '../../runs/operation.ts';
import type { Answer, SelfObservation } from './observation.ts';

export type SelfLook = {
  readonly self: Pick<SelfObservation, 'link' | 'gateway'>;
  /** Addresses that the neighbour table has resolved; undefined where it can't be read. */
  readonly table: ReadonlySet<string> | undefined;
};

export type SelfTools = {
  /** Addresses that the neighbour table has resolved; undefined where it can't be read. */
  readonly table: () => Promise<ReadonlySet<string> | undefined>;
  /** The router of the default route; undefined where there is none, or no telling. */
  readonly gateway: () => Promise<string | undefined>;
  /** Whether there is a route to one of them; undefined where there is no telling. */
  readonly routed: (addresses: readonly string[]) => Promise<boolean | undefined>;
  /** Makes the kernel ask for its MAC again, unless it has just heard of it. Never rejects. */
  readonly nudge: (address: string) => Promise<void>;
  readonly sleep: (milliseconds: number) => Promise<void>;
};

/** How often a gateway that is missing from the table is looked for again, and after what time. */
const TURNS = 4;
const PAUSE = 250;

/**
 * Looks again and again. A gateway that answered before and no longer resolves is `no`; one that
 * never did is `unknown`: some links, as those of VPNs, have no neighbour table. Rejects only with
 * what `sleep` rejects with. A fleet that is all on this machine (`addresses` of its Pis) needs no
 * gateway, and none is asked.
 */
export function watchSelf(tools: SelfTools): (addresses: readonly string[]) => Promise<SelfLook> {
  let answered: string | undefined;
  let wasRouted = false;
  return async (addresses) => {
    // Another interface may be up all the while. A way that never stood in the table may be a VPN's.
    const routed = await tools.routed(addresses);
    wasRouted ||= routed === true;
    const link = routed === false && wasRouted ? 'no' : ownLink();
    let table = await tools.table();
    const needsGateway = table !== undefined && !addresses.every(isLoopback);
    const address = needsGateway ? await tools.gateway() : undefined;
    if (address === undefined) return { self: { link, gateway: 'unknown' }, table };
    // Without a packet to send, the kernel keeps an entry however long its owner is gone.
    await tools.nudge(address);
    for (let turn = 0; turn < TURNS && answered === address; turn++) {
      if (table?.has(address) === true) break;
      await tools.sleep(PAUSE);
      table = await tools.table();
    }
    if (table?.has(address) === true) answered = address;
    else if (table === undefined || answered !== address) {
      return { self: { link, gateway: 'unknown' }, table };
    }
    return { self: { link, gateway: table.has(address) ? 'yes' : 'no' }, table };
  };
}

export function selfTools({
  env,
  signal,
  clock,
}: Pick<Context, 'env' | 'signal' | 'clock'>): SelfTools {
  return {
    table: () =>
      readNeighbourTable({ env, signal }).then(
        (entries) => new Set(entries.map(({ address }) => address)),
        () => undefined,
      ),
    gateway: async () =>
      platform() === 'linux'
        ? defaultGateway(await readFile('/proc/net/route', 'utf8').catch(() => ''))
        : undefined,
    routed: async (addresses) => {
      const routes = await readFile('/proc/net/route', 'utf8').catch(() => undefined);
      return routes === undefined ? undefined : isRouted(routes, addresses);
    },
    nudge: (address) => nudge([address], { burst: 1, progress: () => undefined, signal, clock }),
    sleep: (milliseconds) => clock.sleep(milliseconds, signal),
  };
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address === 'localhost';
}

function ownLink(): Answer {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return addresses.some(({ internal }) => !internal) ? 'yes' : 'no';
}

/** The router of the default route in `/proc/net/route`: bytes in the machine's order. */
export function defaultGateway(routes: string): string | undefined {
  for (const line of routes.split('\n')) {
    const [, destination, gateway = '', flags = ''] = line.trim().split(/\s+/);
    if (destination !== '00000000' || !/^[0-9A-F]{8}$/.test(gateway)) continue;
    if ((Number.parseInt(flags, 16) & 0x3) !== 0x3) continue;
    return [6, 4, 2, 0].map((n) => Number.parseInt(gateway.slice(n, n + 2), 16)).join('.');
  }
  return undefined;
}

/**
 * Whether one of the addresses has a route in `/proc/net/route`; undefined where one of them is not
 * in it by nature: a name, IPv6, this machine itself.
 */
export function isRouted(routes: string, addresses: readonly string[]): boolean | undefined {
  const numbers = addresses.map((address) =>
    isLoopback(address) ? undefined : parseAddress(address),
  );
  if (numbers.length === 0 || numbers.includes(undefined)) return undefined;
  return routes.split('\n').some((line) => {
    const [, destination = '', , flags = '', , , , mask = ''] = line.trim().split(/\s+/);
    if (![destination, mask].every((each) => /^[0-9A-F]{8}$/.test(each))) return false;
    if ((Number.parseInt(flags, 16) & 0x1) === 0) return false;
    const [network, bits] = [swapped(destination), swapped(mask)];
    return numbers.some((number) => number !== undefined && (number & bits) >>> 0 === network);
  });
}

/** The bytes of eight hexadecimal digits in the order of the network. */
function swapped(digits: string): number {
  return Buffer.from(digits, 'hex').readUInt32LE();
}
