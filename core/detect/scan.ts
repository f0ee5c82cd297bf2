/** One scan: runs the sources at once and yields what they find until it has settled. */
import { includes, parseAddress } from '../formats/ipv4.ts';
import type { EventBody } from '../runs/event.ts';
import type { Clock, Context } from '../runs/operation.ts';
import { createDeviceTable } from './devices.ts';
import type { TargetNetwork } from './networks.ts';
import { remaining } from './settle.ts';
import type { SeenDevice } from './sightings.ts';
import type { Device, Finding, KnownBanner, Scan, Source } from './source.ts';
import type { Teller } from './tell.ts';

export type ScanPlan = {
  readonly networks: readonly TargetNetwork[];
  readonly hosts: readonly string[];
  readonly sources: readonly Source[];
  /** Devices of earlier scans. */
  readonly known: readonly SeenDevice[];
  readonly thorough: boolean;
  /** Milliseconds after the last question; undefined: as long as it pays. */
  readonly wait: number | undefined;
};

/** For how long a banner is believed without asking again; milliseconds. */
const BANNER_KEPT = 60 * 60 * 1000;
/** A Pi seen here within this time is waited for; milliseconds. */
const EXPECTED_WITHIN = 7 * 24 * 60 * 60 * 1000;

/**
 * Yields sightings (as the teller decides) and progress; returns all devices, in the order they
 * were found. Ends early, with what is known, when the context's signal aborts. Throws what a
 * source throws.
 */
export async function* runScan(
  plan: ScanPlan,
  teller: Teller,
  context: Context,
): AsyncGenerator<EventBody, readonly Device[]> {
  const end = new AbortController();
  const signal = AbortSignal.any([context.signal, end.signal]);
  const desk = createDesk(plan, context.clock, context.signal);
  const scan: Scan = {
    ...desk.intake,
    ...plan,
    isTarget: targetTest(plan),
    signal,
    env: context.env,
    clock: context.clock,
  };
  const sweeps = Promise.all(plan.sources.map((source) => source.sweep(scan))).then(
    desk.sweepsDone,
    desk.sweepFailed,
  );
  try {
    for (;;) {
      yield* desk.takeNotes();
      for (const device of desk.takeChanged()) yield* teller.tell(device);
      const left = desk.remaining();
      if (left === 0 || context.signal.aborted) break;
      await desk.news(left);
    }
  } finally {
    end.abort();
    await sweeps;
  }
  const failure = desk.failure();
  if (failure !== undefined && !context.signal.aborted) throw failure.error;
  for (const device of desk.devices()) yield* teller.tellLast(device);
  return desk.devices();
}

/** Where findings come in and the scan looks whether there is something new. */
type Desk = {
  readonly intake: Pick<
    Scan,
    'report' | 'onDevice' | 'hold' | 'progress' | 'knownBanner' | 'wasPi'
  >;
  readonly sweepsDone: () => void;
  readonly sweepFailed: (error: unknown) => void;
  readonly failure: () => { readonly error: unknown } | undefined;
  readonly devices: () => readonly Device[];
  /** Devices of which something new was learnt since the last call. */
  readonly takeChanged: () => Device[];
  readonly takeNotes: () => EventBody[];
  /** Milliseconds until the scan is over if nothing more is learnt. */
  readonly remaining: () => number;
  /** Resolves when there is something new, at the latest after so many milliseconds. */
  readonly news: (milliseconds: number) => Promise<void>;
};

function createDesk(plan: ScanPlan, clock: Clock, signal: AbortSignal): Desk {
  const table = createDeviceTable();
  const changed = new Map<string, Device>();
  const listeners: ((device: Device) => void)[] = [];
  const notes: EventBody[] = [];
  const bell = createBell(clock, signal);
  const expected = expectedPis(plan, clock.now()).map((pi) => pi.mac);
  const linked = plan.networks.filter((target) => target.reach === 'link');
  const isLinked = targetTest({ networks: linked, hosts: [] });
  let failure: { readonly error: unknown } | undefined;
  let held = 0;
  let newsAt = clock.now();
  let askedAt: number | undefined;

  const report = (finding: Finding): void => {
    const device = table.add(finding);
    if (device === undefined) return;
    newsAt = clock.now();
    changed.set(device.address, device);
    for (const listener of listeners) listener(device);
    bell.ring();
  };
  const hold = (work: Promise<void>): void => {
    held++;
    void work.finally(() => {
      held--;
      bell.ring();
    });
  };

  return {
    intake: {
      report,
      hold,
      onDevice: (listener) => {
        listeners.push(listener);
        for (const device of table.all()) listener(device);
      },
      progress: (done, total) => {
        notes.push({ kind: 'step.progress', step: 'scan', done, total, detail: 'addresses asked' });
        bell.ring();
      },
      knownBanner: (device) => knownBanner(plan.known, device, clock.now()),
      wasPi: ({ mac }) =>
        plan.known.some((seen) => seen.isPi && seen.mac === mac && mac !== undefined),
    },
    sweepsDone: () => {
      askedAt = clock.now();
      bell.ring();
    },
    sweepFailed: (error) => {
      failure = { error };
      bell.ring();
    },
    failure: () => failure,
    devices: table.all,
    takeChanged: () => {
      const devices = [...changed.values()];
      changed.clear();
      return devices;
    },
    takeNotes: () => notes.splice(0),
    remaining: () => {
      if (failure !== undefined) return 0;
      const answered = table.all().filter((device) => device.answered);
      const pis = answered.filter((device) => device.judgement.isPi);
      const macs = new Set(pis.map((pi) => pi.mac));
      const withoutMac = answered.some(
        (device) => device.mac === undefined && isLinked(device.address),
      );
      return remaining({
        now: clock.now(),
        askedAt,
        newsAt,
        held: held > 0,
        foundAny: pis.length > 0,
        someMissing: withoutMac || expected.some((mac) => !macs.has(mac)),
        wait: plan.wait,
      });
    },
    news: bell.wait,
  };
}

/** True for what was named; this machine itself is not looked for. */
function targetTest({
  networks,
  hosts,
}: Pick<ScanPlan, 'networks' | 'hosts'>): (address: string) => boolean {
  const listed = new Set(hosts);
  const own = new Set(networks.flatMap((target) => (target.reach === 'link' ? [target.from] : [])));
  return (address) => {
    const value = parseAddress(address);
    if (value === undefined || own.has(address)) return false;
    return listed.has(address) || networks.some(({ network }) => includes(network, value));
  };
}

/** The Pis with known MACs that were seen lately in the networks that are searched now. */
export function expectedPis(
  plan: Pick<ScanPlan, 'known' | 'networks' | 'hosts'>,
  now: number,
): SeenDevice[] {
  const isTarget = targetTest(plan);
  return plan.known.filter((device) => {
    const recent = now - Date.parse(device.lastSeen) < EXPECTED_WITHIN;
    return device.isPi && device.mac !== undefined && recent && isTarget(device.address);
  });
}

/** Only a MAC says that it is the same device as then. */
function knownBanner(
  known: readonly SeenDevice[],
  device: Device,
  now: number,
): KnownBanner | undefined {
  if (device.mac === undefined) return undefined;
  const seen = known.find((other) => other.mac === device.mac);
  if (seen?.banner === undefined || seen.bannerAt === undefined) return undefined;
  const fresh = now - Date.parse(seen.bannerAt) < BANNER_KEPT;
  return fresh ? { banner: seen.banner, bannerAt: seen.bannerAt } : undefined;
}

/** Lets one waiter sleep until somebody rings. A ring while nobody waits is not lost. */
function createBell(
  clock: Clock,
  signal: AbortSignal,
): { readonly ring: () => void; readonly wait: (milliseconds: number) => Promise<void> } {
  const longest = 60_000; // timers can't sleep for ever
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    wait: async (milliseconds) => {
      if (!rung) {
        const woken = new AbortController();
        wake = () => woken.abort();
        await clock
          .sleep(Math.min(milliseconds, longest), AbortSignal.any([signal, woken.signal]))
          .catch(() => undefined); // woken or cancelled: the caller looks
        wake = undefined;
      }
      rung = false;
    },
  };
}
