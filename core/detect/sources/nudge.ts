/**
 * Makes the kernel look up the MAC of every address: one byte by UDP to the discard port (9), for
 * which no privilege is needed.
 */
import { createSocket, type Socket } from 'node:dgram';
import { systemCode } from '../../errors.ts';
import type { Clock } from '../../runs/operation.ts';

const DISCARD_PORT = 9;
const ONE_BYTE = Uint8Array.of(0);

/** Packets that wait for an address fill their socket's buffer; about 256 fit into one. */
const ADDRESSES_PER_SOCKET = 128;

/** Beyond what the neighbour table holds. Faster, and entries are lost without a word. */
const PACED_PER_SECOND = 300;
const PACE_INTERVAL = 20;

export type NudgeOptions = {
  /** How many addresses may be sent to at once; the rest is paced. */
  readonly burst: number;
  readonly progress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
  readonly clock: Clock;
};

/** Sends to every address; resolves when all was handed to the kernel. Never rejects. */
export async function nudge(addresses: readonly string[], options: NudgeOptions): Promise<void> {
  await sendAll(addresses.slice(0, options.burst));
  const rest = addresses.slice(options.burst);
  const perStep = (PACED_PER_SECOND * PACE_INTERVAL) / 1000;
  for (let i = 0; i < rest.length && !options.signal.aborted; i += perStep) {
    await pause(options.clock, PACE_INTERVAL, options.signal);
    await sendAll(rest.slice(i, i + perStep));
    options.progress(options.burst + i, addresses.length);
  }
}

async function sendAll(addresses: readonly string[]): Promise<void> {
  const groups: string[][] = [];
  for (let i = 0; i < addresses.length; i += ADDRESSES_PER_SOCKET) {
    groups.push(addresses.slice(i, i + ADDRESSES_PER_SOCKET));
  }
  await Promise.all(groups.map(sendGroup));
}

async function sendGroup(addresses: readonly string[]): Promise<void> {
  const socket = openSocket();
  socket.on('error', () => undefined); // a socket that can't be had nudges nobody
  await Promise.all(
    addresses.map(
      (address) =>
        new Promise<void>((resolve) => {
          socket.send(ONE_BYTE, DISCARD_PORT, address, () => resolve());
        }),
    ),
  );
  socket.close();
}

/**
 * Resolves to true when the address answers that nobody listens on its discard port, which proves
 * that it is alive; to false when the signal aborts first. An ssh server learns nothing of it.
 */
export async function isAlive(address: string, signal: AbortSignal): Promise<boolean> {
  const socket = openSocket();
  try {
    return await new Promise<boolean>((resolve) => {
      if (signal.aborted) resolve(false);
      else signal.addEventListener('abort', () => resolve(false), { once: true });
      socket.on('error', (error) => {
        if (systemCode(error) === 'ECONNREFUSED') resolve(true);
      });
      // Only a connected socket is told of the refusal.
      socket.connect(DISCARD_PORT, address, () => socket.send(ONE_BYTE));
    });
  } finally {
    socket.close();
  }
}

/** A socket that takes addresses as they are, without the detour over the name service. */
export function openSocket(): Socket {
  return createSocket({
    type: 'udp4',
    lookup: (host, _options, callback) => callback(null, host, 4),
  });
}

async function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(milliseconds, signal).catch(() => undefined); // the caller looks at the signal
}
