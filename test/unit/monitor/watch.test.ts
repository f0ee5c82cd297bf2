import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoff } from '../../../core/monitor/watch/backoff.ts';
import { answers, parseAnswer } from '../../../core/monitor/watch/loop-script.ts';
import type { Observation } from '../../../core/monitor/watch/observation.ts';
import { defaultGateway } from '../../../core/monitor/watch/self.ts';
import { newsOf, NOTHING_KNOWN, type Known, type News } from '../../../core/monitor/watch/tell.ts';
import { configSchema } from '../../../core/project/config.ts';

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

it('finds the gateway in the routes of the kernel', () => {
  const routes = `Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask
eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF
eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000`;
  expect(defaultGateway(routes)).toBe('192.168.1.1');
  expect(defaultGateway('')).toBeUndefined();
});
