/**
 * Which seen device is which host: by what a Pi is, never by what it is called or where it is.
 */
import type { SeenDevice } from '../detect/sightings.ts';
import type { InventoryHost } from './host.ts';

export type RecognisedHost = {
  readonly host: InventoryHost;
  /** Where it was seen, the latest first; two where both its interfaces are connected. */
  readonly devices: readonly SeenDevice[];
};

/** Hosts that prove to be one Pi. */
export type Twins = {
  readonly proof: { readonly type: 'serial' | 'mac'; readonly value: string };
  readonly hosts: readonly InventoryHost[];
};

export type Recognition = {
  readonly recognised: readonly RecognisedHost[];
  /** Devices that are no host of the inventory. */
  readonly unknown: readonly SeenDevice[];
  readonly twins: readonly Twins[];
};

/** Recognises by MAC. A device whose MAC two hosts claim is nobody until that is settled. */
export function recognise(
  hosts: readonly InventoryHost[],
  devices: readonly SeenDevice[],
): Recognition {
  const current = withoutSuperseded(devices);
  const byMac = groupedBy(hosts, (host) => host.macs);
  const found = new Map<string, SeenDevice[]>();
  const unknown: SeenDevice[] = [];
  for (const device of current) {
    const owners = device.mac === undefined ? [] : (byMac.get(device.mac) ?? []);
    const [owner] = owners;
    if (owner === undefined) unknown.push(device);
    else if (owners.length === 1) found.set(owner.name, [...(found.get(owner.name) ?? []), device]);
  }
  const recognised = hosts.flatMap((host) => {
    const seen = found.get(host.name);
    return seen === undefined ? [] : [{ host, devices: seen }];
  });
  return { recognised, unknown, twins: findTwins(hosts) };
}

/** The latest device at each address: one that had it before has left it. Latest first. */
function withoutSuperseded(devices: readonly SeenDevice[]): SeenDevice[] {
  const latest = [...devices].sort((a, b) => b.lastSeen.localeCompare(a.lastSeen));
  const taken = new Set<string>();
  return latest.filter(({ address }) => {
    if (taken.has(address)) return false;
    taken.add(address);
    return true;
  });
}

/** Hosts with one serial, and hosts that share a MAC but do not differ in their serials. */
export function findTwins(hosts: readonly InventoryHost[]): Twins[] {
  const twins: Twins[] = [];
  const bySerial = groupedBy(hosts, ({ serial }) => (serial === undefined ? [] : [serial]));
  for (const [value, same] of bySerial) {
    if (same.length > 1) twins.push({ proof: { type: 'serial', value }, hosts: same });
  }
  const told = new Set(twins.map(({ hosts: same }) => namesOf(same)));
  for (const [value, same] of groupedBy(hosts, ({ macs }) => macs)) {
    if (same.length < 2 || told.has(namesOf(same))) continue;
    told.add(namesOf(same));
    twins.push({ proof: { type: 'mac', value }, hosts: same });
  }
  return twins;
}

function namesOf(hosts: readonly InventoryHost[]): string {
  return JSON.stringify(hosts.map(({ name }) => name).sort());
}

function groupedBy<Item>(
  items: readonly Item[],
  keysOf: (item: Item) => readonly string[],
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    for (const key of new Set(keysOf(item))) groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
