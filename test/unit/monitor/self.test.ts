import { describe, expect, it } from 'vitest';
import { defaultGateway, isRouted, watchSelf } from '../../../core/monitor/watch/self.ts';

const ROUTES = `Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF
eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF`;

it('knows whether there is a route to one of its Pis', () => {
  expect(isRouted(ROUTES, ['192.168.1.7', '10.0.0.7'])).toBe(true);
  expect(isRouted(ROUTES, ['192.168.2.7', '10.0.0.7'])).toBe(false);
  expect(
    isRouted(`${ROUTES}\neth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000`, ['10.0.0.7']),
  ).toBe(true);
  expect(isRouted(ROUTES, ['kitchen.local', '10.0.0.7'])).toBeUndefined();
  expect(isRouted(ROUTES, ['127.0.0.1'])).toBeUndefined();
});

it('has no link once the only way to its Pis is gone, whatever else is up', async () => {
  let isThere: boolean | undefined = false;
  const look = watchSelf({
    table: () => Promise.resolve(new Set(['10.0.0.7'])),
    gateway: () => Promise.resolve(undefined),
    nudge: () => Promise.resolve(),
    routed: () => Promise.resolve(isThere),
    sleep: () => Promise.resolve(),
  });
  const links: string[] = [];
  for (isThere of [false, undefined, true, false, true]) {
    links.push((await look(['10.0.0.7'])).self.link);
  }
  // A way that the table never had may be there all the same.
  const [own, ...rest] = links;
  expect(rest).toEqual([own, own, 'no', own]);
});

it('finds the gateway in the routes of the kernel', () => {
  const routes = `Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask
eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF
eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000`;
  expect(defaultGateway(routes)).toBe('192.168.1.1');
  expect(defaultGateway('')).toBeUndefined();
});

describe('the gateway', () => {
  const answersOf = async (tables: readonly (readonly string[])[]): Promise<string[]> => {
    let now: readonly string[] = [];
    const look = watchSelf({
      table: () => Promise.resolve(new Set(now)),
      gateway: () => Promise.resolve('10.0.0.1'),
      nudge: () => Promise.resolve(),
      routed: () => Promise.resolve(undefined),
      sleep: () => Promise.resolve(),
    });
    const answers: string[] = [];
    for (now of tables) answers.push((await look(['10.0.0.7'])).self.gateway);
    return answers;
  };

  it('is down once one that answered resolves no more, until it does again', async () => {
    const up = ['10.0.0.1', '10.0.0.7'];
    expect(await answersOf([up, up, ['10.0.0.7'], [], up])).toEqual([
      'yes',
      'yes',
      'no',
      'no',
      'yes',
    ]);
  });

  it('is not held against this machine where it never stood in the table', async () => {
    expect(await answersOf([['10.0.0.7'], []])).toEqual(['unknown', 'unknown']);
  });
});

it('the gateway is not asked for a fleet on this machine', async () => {
  const look = watchSelf({
    table: () => Promise.resolve(new Set<string>()),
    gateway: () => Promise.resolve('10.0.0.1'),
    nudge: () => Promise.reject(new Error('a packet was sent')),
    routed: () => Promise.resolve(undefined),
    sleep: () => Promise.resolve(),
  });
  expect((await look(['127.0.0.1', '127.0.0.2'])).self.gateway).toBe('unknown');
});
