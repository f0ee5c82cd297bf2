/**
 * Which networks detection may touch: those that were named, else the network of the default
 * route if it is private and small. A pure choice over what `interfaces.ts` reads.
 */
import { RpiError } from '../errors.ts';
import {
  contains,
  formatNetwork,
  isPrivate,
  parseNetwork,
  sizeOf,
  type Network,
} from '../formats/ipv4.ts';
import type { Route } from '../formats/route-table.ts';

export type LinkKind =
  | 'physical'
  | 'bridge'
  /** Networks of containers and virtual machines inside this machine. */
  | 'container'
  /** Tunnels and other links without neighbours. */
  | 'point-to-point'
  | 'loopback';

/** One IPv4 address of this machine and the network it is in. */
export type AttachedNetwork = {
  readonly interface: string;
  readonly kind: LinkKind;
  /** This machine's own address there. */
  readonly address: string;
  readonly network: Network;
};

/** A network to look at, and how: as a neighbour, or through routers (no MACs then). */
export type TargetNetwork =
  | { readonly network: Network; readonly reach: 'link'; readonly from: string }
  | { readonly network: Network; readonly reach: 'routed' };

export type NetworkWish = {
  /** Networks in CIDR notation, from the command line or rpi.yml; empty: the default route's. */
  readonly named: readonly string[];
  /** Networks beyond routers may be searched by connecting to each address's ssh port. */
  readonly routed: boolean;
};

/** The default route's network is searched unasked up to this size. */
const LARGEST_UNASKED = 22;
const LARGEST = 16;

/**
 * Chooses the networks. Throws `input.invalid` for what is no network or is larger than a /16,
 * and `detect.no-network` where this machine has no way to it, with the networks that there are.
 */
export function chooseNetworks(
  wish: NetworkWish,
  attached: readonly AttachedNetwork[],
  routes: readonly Route[],
): TargetNetwork[] {
  if (wish.named.length === 0) return [defaultNetwork(attached, routes)];
  const networks = wish.named.map(parseNamed);
  const distinct = networks.filter(
    (network, i) =>
      !networks.some(
        (other, j) => contains(other, network) && (j < i || other.prefix < network.prefix),
      ),
  );
  return distinct.map((network) => targetOf(network, wish.routed, attached));
}

function parseNamed(text: string): Network {
  const network = parseNetwork(text);
  if (network === undefined) {
    throw new RpiError('input.invalid', `“${text}” is not a network.`, {
      remedy: 'Write an address and the number of fixed bits, as in 192.168.1.0/24.',
    });
  }
  if (network.prefix < LARGEST) {
    throw new RpiError(
      'input.invalid',
      `${formatNetwork(network)} has ${sizeOf(network)} addresses; at most a /${LARGEST} (65536) is searched.`,
      { remedy: 'Name the smaller networks that the Pis are in, one --network each.' },
    );
  }
  return network;
}

function targetOf(
  network: Network,
  routed: boolean,
  attached: readonly AttachedNetwork[],
): TargetNetwork {
  const link = attached.find((entry) => contains(entry.network, network) && hasNeighbours(entry));
  if (link !== undefined) return { network, reach: 'link', from: link.address };
  if (routed) return { network, reach: 'routed' };
  const inside = attached.filter((e) => contains(network, e.network) && hasNeighbours(e));
  if (inside.length > 0) {
    throw new RpiError(
      'detect.no-network',
      `This machine is attached to a part of ${formatNetwork(network)} only: ${list(inside)}.`,
      { remedy: `Name that part: ${nameAll(inside)} — or add --routed to try every address.` },
    );
  }
  throw new RpiError(
    'detect.no-network',
    `This machine is not attached to ${formatNetwork(network)}. ${describeAttached(attached)}`,
    {
      remedy:
        'Name a network this machine is attached to. If the Pis are behind a router, add --routed ' +
        '(finds them by their ssh banner) or give their addresses with --hosts FILE.',
    },
  );
}

function defaultNetwork(
  attached: readonly AttachedNetwork[],
  routes: readonly Route[],
): TargetNetwork {
  const route = routes
    .filter((candidate) => candidate.destination.prefix === 0)
    .sort((a, b) => a.metric - b.metric)[0];
  const remedy = nameRemedy(attached);
  if (route === undefined) {
    throw new RpiError(
      'detect.no-network',
      `No network was named and this machine has no default route. ${describeAttached(attached)}`,
      { remedy },
    );
  }
  const over = attached.filter(
    (entry) => entry.interface === route.via || entry.address === route.via,
  );
  const fit = over.find(
    (entry) =>
      entry.kind === 'physical' &&
      isPrivate(entry.network) &&
      entry.network.prefix >= LARGEST_UNASKED,
  );
  if (fit !== undefined) return { network: fit.network, reach: 'link', from: fit.address };
  const reasons = over.map((entry) => `${formatNetwork(entry.network)} ${unfit(entry)}`);
  const why = reasons.length > 0 ? reasons.join('; ') : `${route.via} has no IPv4 address`;
  throw new RpiError(
    'detect.no-network',
    `No network was named, and the default route’s is not searched unasked: ${why}.`,
    { remedy },
  );
}

function unfit(entry: AttachedNetwork): string {
  if (entry.kind !== 'physical') return `is on ${entry.interface}, ${KIND_NAMES[entry.kind]}`;
  if (!isPrivate(entry.network)) return 'is not a private network';
  return `is larger than a /${LARGEST_UNASKED}`;
}

const KIND_NAMES: Readonly<Record<LinkKind, string>> = {
  physical: 'a network card',
  bridge: 'a bridge',
  container: 'a network of containers or virtual machines',
  'point-to-point': 'a VPN or point-to-point link',
  loopback: 'the loopback interface',
};

/** A named network may be on a bridge; a tunnel has no neighbours that could be asked. */
function hasNeighbours(entry: AttachedNetwork): boolean {
  return entry.kind !== 'point-to-point' && entry.kind !== 'loopback';
}

function describeAttached(attached: readonly AttachedNetwork[]): string {
  const shown = attached.filter((entry) => entry.kind !== 'loopback');
  return shown.length === 0
    ? 'It is attached to no network at all.'
    : `It is attached to ${list(shown)}.`;
}

function list(entries: readonly AttachedNetwork[]): string {
  return entries
    .map(
      (entry) => `${formatNetwork(entry.network)} (${entry.interface}, ${KIND_NAMES[entry.kind]})`,
    )
    .join(', ');
}

function nameRemedy(attached: readonly AttachedNetwork[]): string {
  const usable = attached.filter(hasNeighbours);
  return usable.length === 0
    ? 'Connect this machine to the network the Pis are in.'
    : `Name the network to search: ${nameAll(usable)} — or under networks in rpi.yml.`;
}

function nameAll(entries: readonly AttachedNetwork[]): string {
  return entries
    .map((entry) => `rpi detect --network ${formatNetwork(entry.network)}`)
    .join(' or ');
}
