/**
 * `rpi detect --watch`: live discovery. One search, then listening, and a search again at an
 * interval; what listening hears is looked at there alone. Only news becomes an event.
 */
import { RpiError } from '../errors.ts';
import { formatNetwork, includes, networkOf, parseAddress } from '../formats/ipv4.ts';
import type { StatePaths } from '../project/paths.ts';
import type { EventBody, Sighting } from '../runs/event.ts';
import type { Clock, Context, Outcome } from '../runs/operation.ts';
import { targetNetworks } from './detect.ts';
import { sightingOf } from './devices.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { listen, type Listener } from './listen.ts';
import type { TargetNetwork } from './networks.ts';
import { runScan, type ScanPlan } from './scan.ts';
import { loadSightings, recordSightings } from './sightings.ts';
import type { Device, Source } from './source.ts';
import { SOURCES } from './sources.ts';
import { createTeller } from './tell.ts';

export type WatchInput = {
  /** As of DetectInput. */
  readonly networks: readonly string[];
  readonly all: boolean;
  readonly state: StatePaths;
  /** Milliseconds between two searches. */
  readonly interval: number;
};

export type WatchOutcome = Outcome & {
  /** What is here at the end: Pis, and with `all` the rest. */
  readonly devices: readonly Sighting[];
};

/** What a watch works with. */
export type WatchTools = {
  readonly networks: () => Promise<readonly TargetNetwork[]>;
  readonly sources: readonly Source[];
  readonly listen: (
    networks: readonly TargetNetwork[],
    isHere: (address: string) => boolean,
  ) => Promise<Listener>;
};

/** More addresses than this are not looked at one by one. */
const MOST_LOOKS = 16;
/** The sightings are written when there is news, and else so often; milliseconds. */
const WRITE_EVERY = 5 * 60_000;

/**
 * Yields a `sighting` for what appears, comes back or changes, and a warning once a Pi has not
 * answered three searches. Ends when it is cancelled, with status ok: that is its ordinary end.
 * Throws `input.invalid` and `detect.no-network` before anything is sent; later troubles, such as
 * a network that is gone for a while, are told once and waited out.
 */
export function watch(
  input: WatchInput,
  context: Context,
): AsyncGenerator<EventBody, WatchOutcome> {
  const tools: WatchTools = {
    networks: () => targetNetworks({ ...input, hosts: [], routed: false }, context),
    sources: SOURCES.filter((source) => !source.onRequest),
    listen: (networks, isHere) => listen(networks, isHere, context),
  };
  return watchWith(tools, input, context);
}

/** As `watch`, with given tools. */
export async function* watchWith(
  tools: WatchTools,
  input: WatchInput,
  context: Context,
): AsyncGenerator<EventBody, WatchOutcome> {
  const { clock } = context;
  const ended = (): boolean => context.signal.aborted;
  let networks = await tools.networks();
  yield { kind: 'step.started', step: 'watch', title: `Watching ${described(networks)} for Pis` };
  const ledger = createLedger(input.all);
  const keeper = createKeeper(input.state, clock);
  const planOf = async (targets: readonly TargetNetwork[]): Promise<ScanPlan> => ({
    networks: targets,
    hosts: [],
    sources: tools.sources,
    known: await loadSightings(input.state),
    thorough: input.all,
    wait: undefined,
  });
  let listener = await tools.listen(networks, ledger.isHere);
  let trouble: string | undefined;
  try {
    const teller = createTeller(input.all);
    const devices = yield* runScan(await planOf(networks), teller, context);
    ledger.take(devices, !ended()); // the teller has told them
    await keeper.keep(devices, true);
    while (!ended()) {
      const next = clock.now() + input.interval;
      await listener.settle(true);
      for (;;) {
        const heard = await listener.wait(next - clock.now());
        if (heard.length === 0 || heard.length > MOST_LOOKS) break;
        const found = await scanQuietly(await planOf(singly(heard, networks)), context);
        const news = ledger.take(found, false);
        yield* news;
        await keeper.keep(found, news.length > 0);
        await listener.settle(false);
      }
      if (ended()) break;
      try {
        const now = await tools.networks();
        if (described(now) !== described(networks)) {
          yield {
            kind: 'log',
            level: 'info',
            step: 'watch',
            text: `Now watching ${described(now)}.`,
          };
          listener[Symbol.dispose]();
          listener = await tools.listen(now, ledger.isHere);
        }
        networks = now;
        const found = await scanQuietly(await planOf(networks), context);
        const news = ledger.take(found, !ended());
        yield* news;
        await keeper.keep(found, news.length > 0);
        trouble = undefined;
      } catch (error) {
        if (!RpiError.is(error)) throw error;
        if (error.message === trouble) continue;
        trouble = error.message;
        yield { kind: 'log', level: 'warn', step: 'watch', text: error.message };
      }
    }
  } finally {
    listener[Symbol.dispose]();
    await keeper.keep([], true);
  }
  yield { kind: 'step.finished', step: 'watch', status: 'ok' };
  return outcomeOf(ledger, input.all, networks);
}

/** A scan of which the devices count, and no event. */
async function scanQuietly(plan: ScanPlan, context: Context): Promise<readonly Device[]> {
  const scan = runScan(plan, createTeller(false), context);
  for (;;) {
    const step = await scan.next();
    if (step.done === true) return step.value;
  }
}

/** Each address as a network of its own. */
function singly(addresses: readonly string[], networks: readonly TargetNetwork[]): TargetNetwork[] {
  return addresses.flatMap((address): TargetNetwork[] => {
    const value = parseAddress(address);
    if (value === undefined) return [];
    const around = networks.find(({ network }) => includes(network, value));
    return around === undefined ? [] : [{ ...around, network: networkOf(value, 32) }];
  });
}

type Keeper = {
  /** Remembers what answered; writes it down `now`, or when it is time. */
  readonly keep: (devices: readonly Device[], now: boolean) => Promise<void>;
};

function createKeeper(state: StatePaths, clock: Clock): Keeper {
  const waiting = new Map<string, Device>();
  let written = clock.now();
  return {
    keep: async (devices, now) => {
      for (const device of devices) {
        if (device.answered) waiting.set(device.mac ?? device.address, device);
      }
      const due = clock.now() - written >= WRITE_EVERY;
      if (waiting.size === 0 || !(now || due)) return;
      const seen = [...waiting.values()];
      waiting.clear();
      written = clock.now();
      await recordSightings(
        state,
        seen.map((device) => ({ ...sightingOf(device), bannerAt: device.bannerAt })),
        clock,
      );
    },
  };
}

function described(networks: readonly TargetNetwork[]): string {
  return networks.map(({ network }) => formatNetwork(network)).join(', ');
}

function outcomeOf(ledger: Ledger, all: boolean, networks: readonly TargetNetwork[]): WatchOutcome {
  const here = ledger.here();
  const pis = here.filter(({ isPi }) => isPi).length;
  return {
    status: 'ok',
    summary: `Watched ${described(networks)}: ${pis} Pi${pis === 1 ? '' : 's'} at the end.`,
    devices: all ? here : here.filter(({ isPi }) => isPi),
  };
}
