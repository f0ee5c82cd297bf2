/** Which detected devices would be adopted, under which name, into which group. */
import type { SeenDevice } from '../detect/sightings.ts';
import { RpiError } from '../errors.ts';
import { normalizeMac } from '../formats/mac.ts';
import type { GroupRule } from '../project/config.ts';
import type { Inventory, InventoryHost } from './host.ts';
import { bareName, groupFor, nameFor } from './naming.ts';
import { nearest } from './nearest.ts';
import type { HostChange } from './plan.ts';
import type { Recognition } from './recognise.ts';

export type AdoptRequest = {
  /** Every detected Pi of the last day that is not in the inventory. */
  readonly all: boolean;
  /** Names, addresses or MACs of seen devices. */
  readonly hosts: readonly string[];
  /** Instead of the group that rpi.yml's rules say. */
  readonly group?: string | undefined;
  /** Also what is no Pi, or may be a host of the inventory; for devices that were named. */
  readonly force?: boolean | undefined;
};

export type Adoption = {
  readonly name: string;
  readonly group: string;
  readonly address: string;
  readonly mac: string | undefined;
};

export type NotAdopted = {
  readonly device: string;
  /** `known`: it is in the inventory already; nothing is wrong. */
  readonly reason: 'known' | 'not-a-pi' | 'address-taken' | 'not-seen-lately';
  readonly says: string;
};

export type AdoptPlan = {
  readonly adoptions: readonly Adoption[];
  readonly left: readonly NotAdopted[];
};

const DAY = 24 * 60 * 60 * 1000;

/** Throws `input.invalid` for a HOST that was not seen, or that several devices answer to. */
export function planAdoption(
  request: AdoptRequest,
  world: {
    readonly inventory: Inventory;
    readonly devices: readonly SeenDevice[];
    readonly recognition: Recognition;
    readonly rules: readonly GroupRule[];
    /** Milliseconds since the epoch. */
    readonly now: number;
  },
): AdoptPlan {
  const named = request.hosts.map((word) => deviceOf(word, world.devices));
  const unknown = world.recognition.unknown
    .filter(({ isPi }) => isPi)
    .sort((a, b) => a.address.localeCompare(b.address, 'en', { numeric: true }));
  const chosen = [...new Set(request.all ? [...named, ...unknown] : named)];
  const taken = new Set([
    ...world.inventory.hosts.map(({ name }) => name),
    ...Object.keys(world.inventory.groups),
  ]);
  const adoptions: Adoption[] = [];
  const left: NotAdopted[] = [];
  for (const device of chosen) {
    const isNamed = named.includes(device);
    const reason = reasonAgainst(device, isNamed, request.force === true && isNamed, world);
    if (reason !== undefined) {
      left.push(reason);
      continue;
    }
    const name = nameFor(device, taken);
    taken.add(name);
    // The model is learned when it is enrolled, which then places it; see placement.ts of access.
    const macs = device.mac === undefined ? [] : [device.mac];
    const pi = { name, macs, model: undefined };
    const wanted = request.group ?? groupFor(pi, world.rules);
    const group = wanted === 'all' ? 'ungrouped' : wanted;
    adoptions.push({ name, group, address: device.address, mac: device.mac });
  }
  return { adoptions, left };
}

/** What adopting changes in the inventory. */
export function changeOf({ name, group, address, mac }: Adoption): HostChange {
  return {
    type: 'add',
    host: name,
    group,
    vars: { ansible_host: address, ...(mac === undefined ? {} : { rpi_macs: [mac] }) },
  };
}

function reasonAgainst(
  device: SeenDevice,
  isNamed: boolean,
  force: boolean,
  world: { inventory: Inventory; recognition: Recognition; now: number },
): NotAdopted | undefined {
  const label = [device.name, device.address, device.mac]
    .filter((part) => part !== undefined)
    .join(' ');
  const left = (reason: NotAdopted['reason'], says: string): NotAdopted => ({
    device: label,
    reason,
    says,
  });
  const known =
    world.inventory.hosts.find(
      ({ macs }) => device.mac !== undefined && macs.includes(device.mac),
    ) ?? world.recognition.recognised.find(({ devices }) => devices.includes(device))?.host;
  // By no force: a Pi is never in the inventory twice.
  if (known !== undefined) return left('known', `is in the inventory as ${known.name}`);
  if (force) return undefined;
  if (!device.isPi) {
    return left('not-a-pi', 'does not look like a Raspberry Pi; with --force it is added anyway');
  }
  const there = hostAt(device, world.inventory.hosts, world.recognition);
  if (there !== undefined) {
    return left(
      'address-taken',
      `has the address of ${there.name}, whose identity is not recorded yet: rpi access enroll ${there.name}`,
    );
  }
  if (!isNamed && world.now - Date.parse(device.lastSeen) > DAY) {
    return left(
      'not-seen-lately',
      `was last seen ${device.lastSeen.slice(0, 10)}; name it to add it`,
    );
  }
  return undefined;
}

/** A host somebody wrote by hand at this address, of which nothing tells whether it is this one. */
export function hostAt(
  device: SeenDevice,
  hosts: readonly InventoryHost[],
  recognition: Recognition,
): InventoryHost | undefined {
  const recognised = new Set(recognition.recognised.map(({ host }) => host.name));
  return hosts.find(
    (host) =>
      (host.macs.length === 0 || device.mac === undefined) &&
      !recognised.has(host.name) &&
      (host.address === device.address ||
        (device.name !== undefined && bareName(host.address) === bareName(device.name))),
  );
}

function deviceOf(word: string, devices: readonly SeenDevice[]): SeenDevice {
  const mac = normalizeMac(word);
  const found = devices.filter(
    (device) =>
      device.address === word ||
      (mac !== undefined && device.mac === mac) ||
      (device.name !== undefined && bareName(device.name) === bareName(word)),
  );
  const [device, second] = found;
  if (device === undefined) {
    const known = devices.flatMap(({ name, address, mac: m }) =>
      [name, address, m].filter((text) => text !== undefined),
    );
    const near = nearest(word, known);
    throw new RpiError(
      'input.invalid',
      `No device was detected by the name, address or MAC “${word}”.`,
      {
        remedy: `${near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : ''}Look for it with: rpi detect`,
      },
    );
  }
  if (second !== undefined) {
    const list = found.map((d) => `${d.address} ${d.mac ?? ''}`.trim()).join(', ');
    throw new RpiError(
      'input.invalid',
      `“${word}” is the name of ${found.length} devices: ${list}.`,
      {
        remedy: 'Name one by its MAC.',
      },
    );
  }
  return device;
}
