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
 * How fast the first ones are sent: 2000 a second. The kernel's own second questions come as
 * bunched as the first ones, rounded to some 30 ms, and queues on their way are short: those of
 * access points that keep broadcasts for sleeping clients, or of a bridge, which makes each
 * broadcast as many packets as it has ports.
 */
const BURST_STEP = { addresses: 16, milliseconds: 8 } as const;

/**
 * What is beyond the neighbour table: 300 a second. The kernel asks for three seconds before it
 * gives an entry up; faster, the table is full, and entries are refused without a word.
 */
const PACED_STEP = { addresses: 6, milliseconds: 20 } as const;

/** After so many milliseconds, addresses that nobody answers for have left the table again. */
export const UNRESOLVED_LEAVE = 3200;

export type NudgeOptions = {
  /** How many addresses the neighbour table has room for; the rest is paced. */
  readonly burst: number;
  readonly progress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
  readonly clock: Clock;
};

/** Sends to every address; resolves when all was handed to the kernel. Never rejects. */
export async function nudge(addresses: readonly string[], options: NudgeOptions): Promise<void> {
  const first = addresses.slice(0, options.burst);
  const rest = addresses.slice(options.burst);
  const total = addresses.length;
  const sender = createSender();
  await sendInSteps(first, BURST_STEP, sender, options);
  if (rest.length > 0) {
    if (first.length > 0) await pause(options.clock, UNRESOLVED_LEAVE, options.signal);
    await sendInSteps(rest, PACED_STEP, sender, options, (done) => {
      options.progress(first.length + done, total);
    });
  }
  sender.close();
}

async function sendInSteps(
  addresses: readonly string[],
  step: { readonly addresses: number; readonly milliseconds: number },
  sender: Sender,
  { clock, signal }: NudgeOptions,
  told: (done: number) => void = () => undefined,
): Promise<void> {
  for (let i = 0; i < addresses.length && !signal.aborted; i += step.addresses) {
    if (i > 0) await pause(clock, step.milliseconds, signal);
    const part = addresses.slice(i, i + step.addresses);
    await sender.send(part);
    told(i + part.length);
  }
}

type Sender = {
  readonly send: (addresses: readonly string[]) => Promise<void>;
  readonly close: () => void;
};

/** Sends one byte to each address, from a fresh socket whenever one may be full. */
function createSender(): Sender {
  let socket = openSender();
  let used = 0;
  return {
    send: async (addresses) => {
      if (used + addresses.length > ADDRESSES_PER_SOCKET) {
        socket.close();
        socket = openSender();
        used = 0;
      }
      used += addresses.length;
      const from = socket;
      await Promise.all(
        addresses.map(
          (address) =>
            new Promise<void>((resolve) => {
              from.send(ONE_BYTE, DISCARD_PORT, address, () => resolve());
            }),
        ),
      );
    },
    close: () => void socket.close(),
  };
}

function openSender(): Socket {
  const socket = openSocket();
  socket.on('error', () => undefined); // a socket that can't be had nudges nobody
  return socket;
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
