import { createServer, type AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Progress } from '../../../core/install/backend.ts';
import { NETINST_PROGRESS } from '../../../core/install/backends/netinst/progress.ts';
import { follow, type FollowInput } from '../../../core/install/follow.ts';
import type { Seen } from '../../../core/install/look.ts';

const NEW: Seen = {
  type: 'new',
  facts: { bootId: 'b', machineId: 'm', hostname: 'kitchen', nonce: 'n' },
};
const REFUSED: Seen = { type: 'answers', how: 'answers, lets nobody in yet' };
const SILENT: Progress = { ...NETINST_PROGRESS, port: undefined };

/** Follows a Pi that is this machine at `port`; its clock goes by itself. */
async function followed(
  port: number,
  see: (now: number) => Seen | Promise<Seen>,
  onSleep: () => Promise<void> | void = () => undefined,
): Promise<void> {
  let now = 0;
  const context = {
    signal: new AbortController().signal,
    clock: {
      now: () => now,
      sleep: async (milliseconds: number) => {
        now += milliseconds;
        await onSleep();
        await turn();
      },
    },
  };
  const job = { host: 'kitchen', address: '127.0.0.1', port, changed: new Date(0).toISOString() };
  // Of the job and the context it reads nothing else.
  const input = {
    host: {},
    job: { ...job, restarted: job.changed, deadline: 3_600_000 },
    progress: SILENT,
    watcher: { see: () => Promise.resolve(see(now)), open: () => Promise.reject(new Error()) },
    save: () => Promise.resolve(),
    context,
  } as unknown as FollowInput;
  const following = follow(input);
  while ((await following.next()).done !== true);
}

type Listener = { readonly port: number; readonly close: () => Promise<void> };

async function listen(wanted = 0): Promise<Listener> {
  const server = createServer((socket) => socket.on('error', () => undefined).resume());
  await new Promise<void>((resolve) => server.listen(wanted, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port, // it listens on TCP
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

it('logs in once somebody listens, and not before', async () => {
  const { port, close } = await listen();
  await close();
  let sleeps = 0;
  let sshd: Listener | undefined;
  await followed(
    port,
    () => {
      expect(sleeps).toBeGreaterThanOrEqual(5);
      return NEW;
    },
    async () => {
      if (++sleeps === 5) sshd = await listen(port);
    },
  );
  await sshd?.close();
});

it('tries again soon after the first refused login, and then not so often that sshd minds', async () => {
  const { port, close } = await listen();
  const at: number[] = [];
  await followed(port, (now) => {
    at.push(now);
    return at.length < 6 ? REFUSED : NEW;
  });
  await close();
  const pauses = at.slice(1).map((now, index) => now - (at[index] ?? 0));
  expect(pauses[0]).toBeLessThan(2000);
  // Five seconds are what a refused login costs there.
  for (const pause of pauses.slice(2)) expect(pause).toBeGreaterThan(5000);
});
