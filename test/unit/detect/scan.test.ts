import { describe, expect, it } from 'vitest';
import { runScan, type ScanPlan } from '../../../core/detect/scan.ts';
import type { Finding, Scan, Source } from '../../../core/detect/source.ts';
import type { SeenDevice } from '../../../core/detect/sightings.ts';
import { createTeller } from '../../../core/detect/tell.ts';
import { cancelled } from '../../../core/errors.ts';
import { parseNetwork, networkOf } from '../../../core/formats/ipv4.ts';
import type { EventBody, Sighting } from '../../../core/runs/event.ts';
import type { Clock, Context } from '../../../core/runs/operation.ts';

/** A clock on which waiting takes no time: the earliest sleeper is woken when all else rests. */
function createFastClock(): Clock {
  let now = 1_800_000_000_000;
  const sleepers: { at: number; wake: () => void }[] = [];
  let scheduled = false;
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      sleepers.sort((a, b) => a.at - b.at);
      const first = sleepers.shift();
      if (first === undefined) return;
      now = Math.max(now, first.at);
      first.wake();
      if (sleepers.length > 0) schedule();
    });
  };
  return {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(cancelled());
          return;
        }
        const sleeper = { at: now + milliseconds, wake: resolve };
        sleepers.push(sleeper);
        signal.addEventListener('abort', () => {
          const index = sleepers.indexOf(sleeper);
          if (index >= 0) sleepers.splice(index, 1);
          reject(cancelled());
        });
        schedule();
      }),
  };
}

const PI = 'b8:27:eb:4a:10:01';
const NAS = '00:11:32:4a:10:07';
const RASPBIAN = 'SSH-2.0-OpenSSH_9.2p1 Raspbian-2+deb12u3';

function contextOf(signal = new AbortController().signal): Context {
  return {
    signal,
    clock: createFastClock(),
    env: {},
    dryRun: false,
    ask: () => Promise.reject(new Error('nobody is asked')),
  };
}

function source(sweep: (scan: Scan) => Promise<void>): Source {
  return { name: 'neighbours', title: 'a script', onRequest: false, sweep };
}

/** A source that reports at given times. */
function script(...steps: readonly (readonly [after: number, finding: Finding])[]): Source {
  return source((scan) => {
    for (const [after, finding] of steps) {
      void scan.clock.sleep(after, scan.signal).then(
        () => scan.report(finding),
        () => undefined,
      );
    }
    return Promise.resolve();
  });
}

function planOf(sources: readonly Source[], more: Partial<ScanPlan> = {}): ScanPlan {
  const network = parseNetwork('10.0.0.0/24') ?? networkOf(0, 0);
  return {
    networks: [{ network, reach: 'link', from: '10.0.0.1' }],
    hosts: [],
    sources,
    known: [],
    thorough: false,
    wait: undefined,
    ...more,
  };
}

async function sightings(
  plan: ScanPlan,
  options: { all?: boolean; context?: Context } = {},
): Promise<Sighting[]> {
  const events: EventBody[] = [];
  const teller = createTeller(options.all ?? false);
  for await (const event of runScan(plan, teller, options.context ?? contextOf()))
    events.push(event);
  return events.flatMap((event) => (event.kind === 'sighting' ? [event.sighting] : []));
}

const answered = (address: string, more: Partial<Finding> = {}): Finding => ({
  address,
  answered: true,
  ...more,
});

const seenBefore = (address: string, mac: string, more: Partial<SeenDevice> = {}): SeenDevice => ({
  address,
  mac,
  isPi: true,
  evidence: [],
  firstSeen: '2027-01-15T07:00:00.000Z',
  lastSeen: '2027-01-15T07:00:00.000Z',
  ...more,
});

describe('a scan', () => {
  it('tells a Pi at once, again when name and banner are known, and no decoy', async () => {
    const told = await sightings(
      planOf([
        script(
          [5, answered('10.0.0.5', { mac: PI })],
          [6, answered('10.0.0.7', { mac: NAS })],
          [20, answered('10.0.0.5', { name: 'kitchen' })],
          [30, answered('10.0.0.5', { banner: RASPBIAN })],
        ),
      ]),
    );
    expect(told).toMatchObject([
      { address: '10.0.0.5', mac: PI, isPi: true },
      { address: '10.0.0.5', mac: PI, isPi: true, name: 'kitchen', banner: RASPBIAN },
    ]);
    expect(told[0]?.name).toBeUndefined();
  });

  it('tells at the end what was learnt only in part', async () => {
    const told = await sightings(
      planOf([
        script(
          [5, answered('10.0.0.5', { mac: PI })],
          [20, answered('10.0.0.5', { name: 'kitchen' })],
        ),
      ]),
    );
    expect(told.map((sighting) => sighting.name)).toEqual([undefined, 'kitchen']);
  });

  it('tells all devices where that is asked for', async () => {
    const told = await sightings(planOf([script([5, answered('10.0.0.7', { mac: NAS })])]), {
      all: true,
    });
    expect(told).toMatchObject([{ address: '10.0.0.7', isPi: false }]);
  });

  it('does not take another vendor’s device for a Pi because its name came before its MAC', async () => {
    const told = await sightings(
      planOf([
        script(
          [5, answered('10.0.0.7', { name: 'raspberrypi' })],
          [50, answered('10.0.0.7', { mac: NAS })],
        ),
      ]),
    );
    expect(told).toEqual([]);
  });

  it('counts a remembered Pi only when it answers', async () => {
    const plan = planOf([
      script(
        [1, { address: '10.0.0.5', mac: PI, answered: false }],
        [1, { address: '10.0.0.6', mac: 'dc:a6:32:00:00:01', answered: false }],
        [40, answered('10.0.0.6')],
      ),
    ]);
    expect((await sightings(plan)).map((sighting) => sighting.address)).toEqual(['10.0.0.6']);
  });

  it('waits longer for a Pi that was here lately', async () => {
    const late = script(
      [5, answered('10.0.0.5', { mac: PI })],
      [1100, answered('10.0.0.6', { mac: 'dc:a6:32:00:00:01' })],
    );
    const known = [seenBefore('10.0.0.6', 'dc:a6:32:00:00:01')];
    expect(await sightings(planOf([late]))).toHaveLength(1);
    expect(await sightings(planOf([late], { known }))).toHaveLength(2);
  });

  it('waits longer for the MAC of a device that has told its name, behind no router', async () => {
    const late = script(
      [5, answered('10.0.0.5', { mac: PI })],
      [50, answered('10.0.0.6', { name: 'shed' })],
      [1100, answered('10.0.0.6', { mac: 'dc:a6:32:00:00:01' })],
    );
    expect((await sightings(planOf([late]))).map((seen) => seen.name)).toEqual([undefined, 'shed']);
    const network = parseNetwork('10.0.0.0/24') ?? networkOf(0, 0);
    const routed = planOf([late], { networks: [{ network, reach: 'routed' }] });
    expect(await sightings(routed)).toHaveLength(1);
  });

  it('does not wait for Pis that moved, are of other networks or have long been gone', async () => {
    const late = script(
      [5, answered('10.0.0.5', { mac: PI })],
      [1100, answered('10.0.0.9', { mac: NAS })],
    );
    const known = [
      seenBefore('10.0.0.99', PI),
      seenBefore('10.9.9.9', 'dc:a6:32:00:00:01'),
      seenBefore('10.0.0.8', 'dc:a6:32:00:00:02', { lastSeen: '2026-12-01T00:00:00.000Z' }),
    ];
    expect(await sightings(planOf([late], { known }), { all: true })).toHaveLength(1);
  });

  it('waits for work on a likely Pi', async () => {
    const slow = source(async (scan) => {
      scan.report(answered('10.0.0.5', { mac: PI }));
      scan.hold(
        scan.clock
          .sleep(900, scan.signal)
          .then(() => scan.report(answered('10.0.0.5', { banner: RASPBIAN }))),
      );
      await Promise.resolve();
    });
    expect((await sightings(planOf([slow]))).at(-1)?.banner).toBe(RASPBIAN);
  });

  it('waits as long as it is told to', async () => {
    const late = script(
      [5, answered('10.0.0.5', { mac: PI })],
      [8000, answered('10.0.0.6', { mac: 'dc:a6:32:00:00:01' })],
    );
    expect(await sightings(planOf([late], { wait: 10_000 }))).toHaveLength(2);
  });

  it('tells a device with two addresses once', async () => {
    const told = await sightings(
      planOf([
        script([5, answered('10.0.0.5', { mac: PI })], [6, answered('10.0.0.6', { mac: PI })]),
      ]),
      { all: true },
    );
    expect(told.map((sighting) => sighting.address)).toEqual(['10.0.0.5']);
  });

  it('takes what is dangerous to a terminal out of names', async () => {
    const told = await sightings(
      planOf([script([5, answered('10.0.0.5', { mac: PI, name: '\u001b[2Jkit\u0007chen\n' })])]),
    );
    expect(told.at(-1)?.name).toBe('[2Jkitchen');
  });

  it('gives sources a banner that was read within the hour, by MAC', async () => {
    const banner = { banner: RASPBIAN, bannerAt: '2027-01-15T07:55:00.000Z' };
    const old = { banner: RASPBIAN, bannerAt: '2027-01-15T06:00:00.000Z' };
    const known = [seenBefore('10.0.0.99', PI, banner), seenBefore('10.0.0.6', NAS, old)];
    const asked: unknown[] = [];
    const curious = source((scan) => {
      scan.onDevice((device) => asked.push([device.mac, scan.knownBanner(device)]));
      scan.report(answered('10.0.0.5', { mac: PI }));
      scan.report(answered('10.0.0.6', { mac: NAS }));
      return Promise.resolve();
    });
    await sightings(planOf([curious], { known }));
    expect(asked).toEqual([
      [PI, banner],
      [NAS, undefined],
    ]);
  });

  it('tells sources which devices were Pis before', async () => {
    const was: unknown[] = [];
    const curious = source((scan) => {
      scan.onDevice((device) => was.push(scan.wasPi(device)));
      scan.report(answered('10.0.0.5', { mac: NAS }));
      scan.report(answered('10.0.0.6'));
      return Promise.resolve();
    });
    await sightings(planOf([curious], { known: [seenBefore('10.0.0.9', NAS)] }));
    expect(was).toEqual([true, false]);
  });

  it('ends with the error of a source', async () => {
    const broken = source(() => Promise.reject(new Error('no such program')));
    await expect(sightings(planOf([broken]))).rejects.toThrow('no such program');
  });

  it('ends with what it has when it is cancelled', async () => {
    const controller = new AbortController();
    const endless = source(async (scan) => {
      scan.report(answered('10.0.0.5', { mac: PI }));
      setImmediate(() => controller.abort());
      await scan.clock.sleep(1e9, scan.signal).catch(() => undefined);
    });
    const told = await sightings(planOf([endless]), { context: contextOf(controller.signal) });
    expect(told.map((sighting) => sighting.address)).toEqual(['10.0.0.5']);
  });
});
