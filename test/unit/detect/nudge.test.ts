import { describe, expect, it } from 'vitest';
import { isAlive, nudge } from '../../../core/detect/sources/nudge.ts';
import { systemClock } from '../../../core/runs/clock.ts';

describe('asking whether an address is alive', () => {
  it('is answered by a machine on which nobody listens', async () => {
    expect(await isAlive('127.0.0.1', AbortSignal.timeout(5000))).toBe(true);
  });

  it('ends with the scan where nothing answers', async () => {
    const controller = new AbortController();
    // A broadcast address: the system refuses to send there.
    const asked = isAlive('127.255.255.255', controller.signal);
    const later = isAlive('127.255.255.255', AbortSignal.timeout(50));
    controller.abort();
    expect(await asked).toBe(false);
    expect(await later).toBe(false);
    expect(await isAlive('127.0.0.1', controller.signal)).toBe(false);
  });
});

describe('nudging', () => {
  it('paces what is beyond the burst and says how far it is', async () => {
    const addresses = Array.from({ length: 64 }, (_, i) => `127.0.9.${i + 1}`);
    const steps: number[] = [];
    await nudge(addresses, {
      burst: 32,
      progress: (done, total) => {
        expect(total).toBe(64);
        steps.push(done);
      },
      signal: new AbortController().signal,
      clock: { ...systemClock, sleep: () => Promise.resolve() },
    });
    expect(steps).toEqual([38, 44, 50, 56, 62, 64]);
  });

  it('stops when the scan ends', async () => {
    const controller = new AbortController();
    const addresses = Array.from({ length: 200 }, (_, i) => `127.0.9.${i + 1}`);
    let slept = 0;
    const sleep = (): Promise<void> => {
      if (++slept === 2) controller.abort();
      return Promise.resolve();
    };
    const options = { burst: 1000, progress: () => undefined, signal: controller.signal };
    await nudge(addresses, { ...options, clock: { ...systemClock, sleep } });
    expect(slept).toBeLessThan(4);
  });

  it('leaves no socket open', async () => {
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'UDPWRAP').length;
    await nudge(['127.0.9.1'], {
      burst: 1,
      progress: () => undefined,
      signal: new AbortController().signal,
      clock: systemClock,
    });
    await new Promise((resolve) => setImmediate(resolve));
    const after = process.getActiveResourcesInfo().filter((kind) => kind === 'UDPWRAP').length;
    expect(after).toBe(before);
  });
});
