/** What this machine knows of its own links: before anybody else is judged. */
import { networkInterfaces, platform } from 'node:os';
import { readFile } from 'node:fs/promises';
import type { Environment } from '../../command/run.ts';
import { readNeighbourTable } from '../../detect/sources/neighbours.ts';
import type { Answer, SelfObservation } from './observation.ts';

export type SelfLook = {
  readonly self: Pick<SelfObservation, 'link' | 'gateway'>;
  /** Addresses that the neighbour table has resolved; undefined where it can't be read. */
  readonly table: ReadonlySet<string> | undefined;
};

export async function lookAtSelf(env: Environment, signal: AbortSignal): Promise<SelfLook> {
  const table = await readNeighbourTable({ env, signal }).then(
    (entries) => new Set(entries.map(({ address }) => address)),
    () => undefined,
  );
  return { self: { link: ownLink(), gateway: await gatewayAnswers(table) }, table };
}

function ownLink(): Answer {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return addresses.some(({ internal }) => !internal) ? 'yes' : 'no';
}

/** A gateway that has left the table is not held against it: one that fails to resolve is. */
async function gatewayAnswers(table: ReadonlySet<string> | undefined): Promise<Answer> {
  if (platform() !== 'linux' || table === undefined) return 'unknown';
  const address = defaultGateway(await readFile('/proc/net/route', 'utf8').catch(() => ''));
  if (address === undefined) return 'unknown';
  return table.has(address) ? 'yes' : 'unknown';
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
