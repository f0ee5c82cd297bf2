/**
 * Makes the kernel look up the MAC of every address: one byte by UDP to the discard port (9), for
 * which no privilege is needed.
 */
import { createSocket, type Socket } from 'node:dgram';
import { systemCode } from '../../errors.ts';
import type { Clock } from '../../runs/operation.ts';

const DISCARD_PORT = 9;
const ONE_BYTE = Uint8Array.of(0);

/**
 * Addresses sent to from one socket: packets that wait for an address fill their socket's buffer,
 * and about 256 fit into one.
 */
const ADDRESSES_PER_SOCKET = 128;

/**
 * How fast the first ones are sent: this many every few milliseconds. All at once, the kernel's own
 * second questions would come all at once too, and queues on their way drop some (1000 packets is
 * a usual length, and a bridge makes each broadcast as many packets as it has ports).
 */
const BURST_STEP = { addresses: 32, milliseconds: 4 } as const;

/** What is beyond the neighbour table: 300 a second. Faster, and entries are lost without a word. */
const PACED_STEP = { addresses: 6, milliseconds: 20 } as const;

export type NudgeOptions = {
  /** How many addresses the neighbour table has room for; the rest is paced. */
  readonly burst: number;
  readonly progress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
  readonly clock: Clock;
};

/** Sends to every address; resolves when all was handed to the kernel. Never rejects. */
export async function nudge(addresses: readonly string[], options: NudgeOptions): Promise<void> {
  let socket = openSender();
  let used = 0;
  for (let done = 0; done < addresses.length && !options.signal.aborted;) {
    const step = done < options.burst ? BURST_STEP : PACED_STEP;
    if (done > 0) await pause(options.clock, step.milliseconds, options.signal);
    if (used + step.addresses > ADDRESSES_PER_SOCKET) {
      socket.close();
      socket = openSender();
      used = 0;
    }
    await sendAll(socket, addresses.slice(done, done + step.addresses));
    used += step.addresses;
    done += step.addresses;
    if (done > options.burst) options.progress(Math.min(done, addresses.length), addresses.length);
  }
  socket.close();
}

function openSender(): Socket {
  const socket = openSocket();
  socket.on('error', () => undefined); // a socket that can't be had nudges nobody
  return socket;
}

async function sendAll(socket: Socket, addresses: readonly string[]): Promise<void> {
  await Promise.all(
    addresses.map(
      (address) =>
        new Promise<void>((resolve) => {
          socket.send(ONE_BYTE, DISCARD_PORT, address, () => resolve());
        }),
    ),
  );
}

/**
 * Resolves to true when the address answers that nobody listens on its discard port, which proves
 * that it is alive; to false when the signal aborts first. An ssh server learns nothing of it.
 */
export async function isAlive(address: string, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  const socket = openSocket();
  try {
    return await new Promise<boolean>((resolve) => {
      signal.addEventListener('abort', () => resolve(false), { once: true });
      socket.on('error', (error) => {
        if (systemCode(error) === 'ECONNREFUSED') resolve(true);
      });
      // Only a connected socket is told of the refusal. Once aborted, it is closed.
      socket.on('connect', () => {
        if (!signal.aborted) socket.send(ONE_BYTE);
      });
      socket.bind(0, () => {
        if (!signal.aborted) socket.connect(DISCARD_PORT, address);
      });
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
