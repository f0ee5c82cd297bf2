import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoff } from '../../../core/monitor/watch/backoff.ts';
import { answers, parseAnswer } from '../../../core/monitor/watch/loop-script.ts';
import type { Observation } from '../../../core/monitor/watch/observation.ts';
import { createChecker } from '../../../core/monitor/watch/checks.ts';
import { watchHost } from '../../../core/monitor/watch/host-watch.ts';
import { keepSession } from '../../../core/monitor/watch/kept-session.ts';
import { newsOf, NOTHING_KNOWN, type Known, type News } from '../../../core/monitor/watch/tell.ts';
import { cancelled } from '../../../core/errors.ts';
import { configSchema } from '../../../core/project/config.ts';
import type { InventoryHost } from '../../../core/inventory/host.ts';
import type { SshSession } from '../../../core/ssh/session.ts';

const limits = configSchema.parse({ version: 1, id: 'test' }).monitor;
const BOOT = '0b5f1c5e-7d3c-4f6e-9a51-3c8f6f2f7d10';

const seen = (more: Partial<Observation>): Observation => ({
  host: 'kitchen',
  address: '10.0.0.7',
  groups: [],
  at: 0,
  monotonic: 0,
  state: 'healthy',
  reasons: [],
  signals: { neighbour: 'yes', tcp22: 'yes', ssh: 'yes', vitals: 'yes', checks: 'unknown' },
  vitals: { temperature: 50 },
  checks: [],
  ...more,
});

const unmeasured = (state: Observation['state']): Observation => {
  const { vitals: _vitals, ...rest } = seen({ state });
  return rest;
};

describe('the line of the loop on a Pi', () => {
  it('gives vitals and signs', () => {
    const line = `rpi-look 7\tuptime 12.5\tboot ${BOOT}\tswap-total 100\tswap-free 40\terrors 1\terrors 2\tclock 1000\tinodes 500 200\tunits\tfailed app.service\tend`;
    expect(answers(line, 7)).toBe(true);
    expect(answers(line, 8)).toBe(false);
    expect(parseAnswer(line, 940_500)).toEqual({
      vitals: { uptime: 12.5 },
      signs: {
        bootId: BOOT,
        swapTotal: 102_400,
        swapFree: 40_960,
        cardErrors: 3,
        clockOffset: 60,
        inodesTotal: 500,
        inodesFree: 200,
        failedUnits: ['app.service'],
      },
    });
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseAnswer(`rpi-look 1\t${text}\tend`, 0);
      }),
      { numRuns: 50 },
    );
  });
});

describe('trying a Pi again', () => {
  it('waits longer each time, within bounds, and longest where tries count as offences', () => {
    const waits = (code: 'ssh.unreachable' | 'ssh.penalised'): number[] =>
      [1, 2, 3, 50].map((count) => backoff(code, count, 0.5) / 1000);
    expect(waits('ssh.unreachable')).toEqual([5, 10, 20, 120]);
    expect(waits('ssh.penalised')).toEqual([60, 120, 240, 600]);
    expect(backoff('ssh.unreachable', 1, 0)).toBe(3750);
  });
});

describe('the news of a look', () => {
  const follow = (...list: Observation[]): News[] => {
    let known: Known = NOTHING_KNOWN;
    return list.flatMap((each) => {
      const taken = newsOf(known, each, limits);
      known = taken.known;
      return [...taken.news];
    });
  };

  it('tells a state once', () => {
    const gone = unmeasured('unreachable');
    expect(follow(seen({}), seen({}), gone, gone, seen({}))).toMatchObject([
      { kind: 'watch.state', to: 'healthy' },
      { kind: 'watch.state', from: 'healthy', to: 'unreachable' },
      { kind: 'watch.state', from: 'unreachable', to: 'healthy' },
    ]);
  });

  it('tells a reboot, also one that was asked for, but not the first look', () => {
    const other = BOOT.replace('0b5f', 'ffff');
    const news = follow(
      seen({ signs: { bootId: BOOT } }),
      unmeasured('healthy'),
      seen({ signs: { bootId: other }, planned: 'rpi reboot' }),
      seen({ signs: { bootId: BOOT } }),
    ).filter(({ kind }) => kind === 'watch.reboot');
    expect(news).toMatchObject([{ bootId: other, planned: 'rpi reboot' }, { bootId: BOOT }]);
  });

  it('takes a reboot for one that was asked for when the work has ended by the time it is seen', () => {
    const other = BOOT.replace('0b5f', 'ffff');
    const news = follow(
      seen({ signs: { bootId: BOOT } }),
      { ...unmeasured('unreachable'), planned: 'rpi install' },
      unmeasured('unreachable'),
      seen({ signs: { bootId: other } }),
      seen({ signs: { bootId: BOOT } }),
    ).filter(({ kind }) => kind === 'watch.reboot');
    expect(news).toMatchObject([
      { bootId: other, planned: 'rpi install' },
      { bootId: BOOT, planned: undefined },
    ]);
  });

  it('tells when a sign begins and when it ends, however its number changes', () => {
    const hot = (temperature: number): Observation => seen({ vitals: { temperature } });
    const news = follow(hot(50), hot(80), hot(82), hot(50)).slice(1);
    expect(news).toMatchObject([
      { kind: 'watch.sign', sign: 'hot', began: true },
      { kind: 'watch.sign', sign: 'hot', began: false },
    ]);
  });

  it('tells failed units, file system errors and a wrong clock', () => {
    const signs = { failedUnits: ['app.service'], cardErrors: 2, clockOffset: -90 };
    const texts = follow(seen({ signs })).flatMap((each) =>
      each.kind === 'watch.sign' ? [each.text] : [],
    );
    expect(texts).toEqual([
      'app.service failed',
      'the file system recorded 2 errors',
      'its clock is 90 s behind',
    ]);
  });
});

describe('a Pi that lets us wait', () => {
  const host: InventoryHost = {
    name: 'kitchen',
    address: '10.0.0.7',
    port: 22,
    user: 'pi',
    become: false,
    groups: [],
    serial: undefined,
    macs: [],
    model: undefined,
    variables: {},
  };
  const silence = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(cancelled()), { once: true });
    });
  const lookAt = async (knock: 'open' | 'silent'): Promise<Observation> => {
    await using watch = watchHost(host, {
      open: (_, { signal }) => silence(signal),
      knock: () => Promise.resolve(knock),
      check: () => Promise.resolve([]),
      now: () => 0,
      monotonic: () => 0,
      random: () => 0,
    });
    const { signal } = new AbortController();
    return await watch.look({ signal, timeout: 5, limits, inTable: false, planned: undefined });
  };

  it('has no open port only because nobody answered in time', async () => {
    expect(await lookAt('silent')).toMatchObject({
      error: { code: 'ssh.unreachable' },
      signals: { neighbour: 'no', tcp22: 'no', ssh: 'no' },
    });
    expect(await lookAt('open')).toMatchObject({
      error: { code: 'ssh.timeout' },
      signals: { neighbour: 'yes', tcp22: 'yes', ssh: 'no' },
    });
  });

  it('is looked at no longer than it may take, its port included', async () => {
    const given: number[] = [];
    await using watch = watchHost(host, {
      open: (_, { signal, timeout }) => {
        given.push(timeout);
        return silence(signal);
      },
      knock: (_address, _port, { timeout }) => {
        given.push(timeout);
        return Promise.resolve('silent');
      },
      check: () => Promise.resolve([]),
      now: () => 0,
      monotonic: () => 0,
      random: () => 0,
    });
    const { signal } = new AbortController();
    await watch.look({ signal, timeout: 6, limits, inTable: false, planned: undefined });
    expect(given).toEqual([3, 3]);
  });

  it('is logged in to at once when its port opens again, however long the next try would wait', async () => {
    let port: 'open' | 'silent' = 'silent';
    let tries = 0;
    await using watch = watchHost(host, {
      open: (_, { signal }) => {
        tries++;
        return silence(signal);
      },
      knock: () => Promise.resolve(port),
      check: () => Promise.resolve([]),
      now: () => 0,
      monotonic: () => 0,
      random: () => 0,
    });
    const { signal } = new AbortController();
    const look = async (of: typeof port): Promise<number> => {
      port = of;
      await watch.look({ signal, timeout: 5, limits, inTable: false, planned: undefined });
      return tries;
    };
    expect([await look('silent'), await look('silent')]).toEqual([1, 1]);
    // Open again: one try. Then it hangs, and is left alone for a while.
    expect([await look('open'), await look('open'), await look('open')]).toEqual([2, 2, 2]);
    // The way to it is cut and mended.
    expect([await look('silent'), await look('open'), await look('open')]).toEqual([2, 3, 3]);
  });

  it('is left when it lets us in and then opens no channel', async () => {
    const controller = new AbortController();
    const never = new Promise<never>(() => undefined);
    const unused = (): Promise<never> => Promise.reject(new Error('not asked for'));
    const dispose = (): Promise<void> => Promise.resolve();
    const session = { exec: unused, dialogue: () => never, [Symbol.asyncDispose]: dispose };
    const measured = keepSession(session as unknown as SshSession, 'kitchen').measure({
      signal: controller.signal,
      timeout: 5,
    });
    controller.abort();
    await expect(measured).rejects.toMatchObject({ code: 'run.cancelled' });
  });

  it('is told by a check without what may be secret in its address', async () => {
    const http = 'http://me:secret@127.0.0.1:1/health?token=secret#secret';
    const check = { http, hosts: 'all', every: 60, timeout: 5 };
    const checker = createChecker([{ check, hosts: new Set(['kitchen']) }], () => 0);
    const results = await checker(host, undefined, new AbortController().signal);
    expect(results).toMatchObject([{ name: 'http://127.0.0.1:1/health', ok: false }]);
    expect(JSON.stringify(results)).not.toContain('secret');
  });

  it('is not told by a check of long ago that ran on it', async () => {
    const check = { unit: 'app.service', hosts: 'all', every: 3600, timeout: 5 };
    const checker = createChecker([{ check, hosts: new Set(['kitchen']) }], () => 0);
    const { signal } = new AbortController();
    const ran = { code: 0, stdout: 'active', stderr: '' };
    const session = { exec: () => Promise.resolve(ran) } as unknown as SshSession;
    expect(await checker(host, session, signal)).toHaveLength(1);
    expect(await checker(host, undefined, signal)).toEqual([]);
  });
});
