/** Finding the Pis on the network: all sources at once, each Pi told as soon as it is known. */
import { formatNetwork, parseAddress } from '../formats/ipv4.ts';
import type { StatePaths } from '../project/paths.ts';
import type { EventBody, Sighting } from '../runs/event.ts';
import type { Context, Outcome } from '../runs/operation.ts';
import { sightingOf } from './devices.ts';
import { attachedNetworks, readRoutes } from './interfaces.ts';
import { chooseNetworks, type TargetNetwork } from './networks.ts';
import { expectedPis, runScan } from './scan.ts';
import { loadSightings, recordSightings, type SeenDevice } from './sightings.ts';
import type { Device } from './source.ts';
import { SOURCES } from './sources.ts';
import { createTeller } from './tell.ts';

export type DetectInput = {
  /** Networks (CIDR) to search; empty: the default route's, if private and at most a /22. */
  readonly networks: readonly string[];
  /** Search named networks beyond routers too, by ssh banner. */
  readonly routed: boolean;
  /** Addresses of a host list; with them and no named network, only they are looked at. */
  readonly hosts: readonly string[];
  /** Run nmap as well. */
  readonly nmap: boolean;
  /** Tell devices that are no Pis as well, and ask every device for its ssh banner. */
  readonly all: boolean;
  /** Milliseconds to wait for answers after the last question; undefined: as long as it pays. */
  readonly wait?: number | undefined;
  /** Where sightings are kept. */
  readonly state: StatePaths;
};

export type DetectOutcome = Outcome & {
  /** What was told, in the order of addresses: Pis, and with `all` the rest. */
  readonly devices: readonly Sighting[];
  /** As in `10.0.0.0/24`, or `3 listed addresses`. */
  readonly searched: readonly string[];
};

/**
 * Looks for Pis and keeps what it saw in the sightings. Yields a `sighting` when a device is first
 * known to be a Pi, and another that replaces it (same MAC, else same address) when more is known.
 * Throws `input.invalid` and `detect.no-network` before anything is sent, and `command.not-found`
 * where nmap was asked for and is missing.
 */
export async function* detect(
  input: DetectInput,
  context: Context,
): AsyncGenerator<EventBody, DetectOutcome> {
  const networks = await targetNetworks(input, context);
  const searched = describeTargets(networks, input.hosts);
  yield { kind: 'step.started', step: 'scan', title: `Looking for Pis in ${searched.join(', ')}` };

  const teller = createTeller(input.all);
  const plan = {
    networks,
    hosts: input.hosts,
    sources: SOURCES.filter((source) => !source.onRequest || input.nmap),
    known: await loadSightings(input.state),
    thorough: input.all,
    wait: input.wait,
  };
  const devices = yield* runScan(plan, teller, context);
  await keep(devices, input.state, context);

  const told = [...teller.told()].sort(byAddress);
  const pis = told.filter((sighting) => sighting.isPi);
  const aborted = context.signal.aborted;
  const now = context.clock.now();
  if (!aborted) yield* silentPis(expectedPis(plan, now), devices, now);
  yield { kind: 'step.finished', step: 'scan', status: aborted ? 'cancelled' : 'ok' };
  const where = `in ${searched.join(', ')}`;
  return {
    devices: told,
    searched,
    ...(aborted
      ? {
          status: 'cancelled',
          summary: `Cancelled; ${count(pis.length)} found so far ${where}.`,
          undone: ['The search was not finished; what was found is kept.'],
        }
      : { status: 'ok', summary: `${count(pis.length)} found ${where}.` }),
  };
}

/** The networks that an input means; see chooseNetworks, also for what it throws. */
export async function targetNetworks(
  input: Pick<DetectInput, 'networks' | 'hosts' | 'routed'>,
  context: Context,
): Promise<TargetNetwork[]> {
  if (input.networks.length === 0 && input.hosts.length > 0) return [];
  const [attached, routes] = await Promise.all([
    attachedNetworks(),
    input.networks.length > 0 ? [] : readRoutes(context.env, context.signal),
  ]);
  return chooseNetworks({ named: input.networks, routed: input.routed }, attached, routes);
}

function describeTargets(networks: readonly TargetNetwork[], hosts: readonly string[]): string[] {
  const listed = hosts.length === 1 ? '1 listed address' : `${hosts.length} listed addresses`;
  return [
    ...networks.map(({ network }) => formatNetwork(network)),
    ...(hosts.length === 0 ? [] : [listed]),
  ];
}

async function keep(
  devices: readonly Device[],
  state: StatePaths,
  context: Context,
): Promise<void> {
  const answered = devices.filter((device) => device.answered);
  if (answered.length === 0) return;
  const seen = answered.map((device) => ({ ...sightingOf(device), bannerAt: device.bannerAt }));
  await recordSightings(state, seen, context.clock);
}

/** Pis that were here and do not answer: seen in earlier scans, or left in the neighbour table. */
function* silentPis(
  expected: readonly SeenDevice[],
  devices: readonly Device[],
  now: number,
): Generator<EventBody> {
  const answered = new Set(devices.flatMap(({ answered, mac }) => (answered ? [mac] : [])));
  const seen = expected.filter(({ mac }) => !answered.has(mac));
  for (const { name, mac, address, lastSeen } of seen) {
    const who = name ?? mac ?? address;
    const ago = describeAge(now - Date.parse(lastSeen));
    yield silence(`${who} was at ${address} ${ago} ago and does not answer now.`);
  }
  const told = new Set(seen.map(({ mac }) => mac));
  for (const { address, mac, judgement } of devices) {
    if (!judgement.isPi || mac === undefined || answered.has(mac) || told.has(mac)) continue;
    yield silence(`${mac} was at ${address} a while ago and does not answer now.`);
  }
}

function silence(text: string): EventBody {
  return { kind: 'log', level: 'warn', step: 'scan', text };
}

function describeAge(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  if (minutes < 120) return minutes === 1 ? 'a minute' : `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

function count(pis: number): string {
  if (pis === 0) return 'No Pi';
  return pis === 1 ? '1 Pi' : `${pis} Pis`;
}

function byAddress(a: Sighting, b: Sighting): number {
  return (parseAddress(a.address) ?? 0) - (parseAddress(b.address) ?? 0);
}
