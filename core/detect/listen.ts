/**
 * Listening without asking: new entries of the neighbour table, and who speaks by multicast DNS,
 * as every Raspberry Pi OS does when it comes up. Sends nothing.
 */
import { createSocket, type Socket } from 'node:dgram';
import { platform } from 'node:os';
import { includes, parseAddress } from '../formats/ipv4.ts';
import type { Context } from '../runs/operation.ts';
import type { TargetNetwork } from './networks.ts';
import { MDNS_GROUP, MDNS_PORT } from './sources/mdns.ts';
import { readNeighbourTable } from './sources/neighbours.ts';

export type Listener = Disposable & {
  /** Resolves with addresses where something may be new; with none after so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<readonly string[]>;
  /** What the neighbour table holds by now is no news. `all`: addresses may be news once more. */
  readonly settle: (all: boolean) => Promise<void>;
};

/** Milliseconds between two looks; where a program prints the table, fewer of them. */
const LOOK = platform() === 'linux' ? 1000 : 15_000;

/** `isHere`: what is known already. Never fails: who can't listen hears nothing. */
export async function listen(
  networks: readonly TargetNetwork[],
  isHere: (address: string) => boolean,
  context: Pick<Context, 'env' | 'clock' | 'signal'>,
): Promise<Listener> {
  const linked = networks.filter((target) => target.reach === 'link');
  const own = new Set(linked.map(({ from }) => from));
  const isTarget = (address: string): boolean => {
    const value = parseAddress(address);
    if (value === undefined || own.has(address)) return false;
    return linked.some(({ network }) => includes(network, value));
  };
  const told = new Set<string>();
  const heard = new Set<string>();
  const hear = (address: string): void => {
    if (isTarget(address) && !told.has(address)) heard.add(address);
  };
  let table = new Map<string, string>();
  const readTable = async (): Promise<Map<string, string>> => {
    const entries = await readNeighbourTable(context).catch(() => []);
    return new Map(entries.map(({ address, mac }) => [address, mac]));
  };
  const socket = await openListener(
    linked.map(({ from }) => from),
    (address) => {
      if (!isHere(address)) hear(address);
    },
  );
  return {
    wait: async (milliseconds) => {
      const until = context.clock.now() + milliseconds;
      for (;;) {
        const left = until - context.clock.now();
        if (context.signal.aborted || left <= 0) return [];
        await context.clock.sleep(Math.min(left, LOOK), context.signal).catch(() => undefined);
        const now = await readTable();
        for (const [address, mac] of now) if (table.get(address) !== mac) hear(address);
        table = now;
        if (heard.size === 0) continue;
        const addresses = [...heard];
        for (const address of addresses) told.add(address);
        heard.clear();
        return addresses;
      }
    },
    settle: async (all) => {
      table = await readTable();
      if (all) told.clear();
    },
    [Symbol.dispose]: () => socket?.close(),
  };
}

/** A member of the multicast group at each of the addresses; undefined where that can't be. */
async function openListener(
  from: readonly string[],
  hear: (address: string) => void,
): Promise<Socket | undefined> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  // Bound to the group, and not to every address: answers to others on this machine stay theirs.
  const address = platform() === 'win32' ? undefined : MDNS_GROUP;
  const ready = await new Promise<boolean>((resolve) => {
    socket.on('error', () => resolve(false));
    socket.bind({ port: MDNS_PORT, ...(address === undefined ? {} : { address }) }, () => {
      resolve(from.map((each) => join(socket, each)).includes(true));
    });
  });
  if (!ready) {
    socket.close();
    return undefined;
  }
  socket.on('message', (_message, sender) => hear(sender.address));
  return socket;
}

function join(socket: Socket, from: string): boolean {
  try {
    socket.addMembership(MDNS_GROUP, from);
    return true;
  } catch {
    return false; // the address has gone meanwhile
  }
}
