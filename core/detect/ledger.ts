/** What a watch knows of the network, and which of it is news. Does not grow with time. */
import { judge } from './evidence.ts';
import type { EventBody, Sighting } from '../runs/event.ts';
import type { Device } from './source.ts';

export type Ledger = {
  /**
   * Takes in what a scan found and returns what is new: a sighting of what appeared, came back or
   * changed, a warning for a Pi that is gone. `complete`: every address was asked, so that what
   * did not answer counts as missed.
   */
  readonly take: (devices: readonly Device[], complete: boolean) => EventBody[];
  /** True where a device answered lately. */
  readonly isHere: (address: string) => boolean;
  /** What is here now. */
  readonly here: () => readonly Sighting[];
};

type Entry = {
  readonly sighting: Sighting;
  /** Scans in a row that it did not answer. */
  readonly missed: number;
};

/** A Pi that restarts, or whose Wi-Fi sleeps, misses a scan or two. */
const GONE_AFTER = 3;

/** With `all`, devices that are no Pis are news too. */
export function createLedger(all: boolean): Ledger {
  const entries = new Map<string, Entry>();
  const isGone = ({ missed }: Entry): boolean => missed >= GONE_AFTER;

  const takeOne = (device: Device, group: readonly Device[]): EventBody[] => {
    const old = oldEntry(entries, device);
    // Of a device with two addresses, the one that was told stays: scans find them in any order.
    const chosen = group.find(({ address }) => address === old?.entry.sighting.address) ?? device;
    const sighting = merged(old?.entry.sighting, chosen);
    if (old !== undefined) entries.delete(old.key);
    entries.set(keyOf(sighting), { sighting, missed: 0 });
    const isNews = old === undefined || isGone(old.entry) || differ(old.entry.sighting, sighting);
    const wasPi = old?.entry.sighting.isPi === true;
    return isNews && (sighting.isPi || wasPi || all) ? [{ kind: 'sighting', sighting }] : [];
  };

  const miss = (key: string, entry: Entry): EventBody[] => {
    const missed = entry.missed + 1;
    if (missed >= GONE_AFTER && !entry.sighting.isPi) {
      entries.delete(key);
      return [];
    }
    entries.set(key, { ...entry, missed });
    if (missed !== GONE_AFTER) return [];
    const { name, mac, address } = entry.sighting;
    const text = `${name ?? mac ?? address} (${address}) does not answer any more.`;
    return [{ kind: 'log', level: 'warn', step: 'watch', text }];
  };

  return {
    take: (devices, complete) => {
      const before = new Map(entries);
      const events: EventBody[] = [];
      for (const group of byDevice(devices.filter(({ answered }) => answered))) {
        const [first] = group;
        if (first !== undefined) events.push(...takeOne(first, group));
      }
      if (!complete) return events;
      for (const [key, entry] of before) {
        if (entries.get(key) === entry) events.push(...miss(key, entry));
      }
      return events;
    },
    isHere: (address) =>
      [...entries.values()].some((entry) => entry.sighting.address === address && !entry.missed),
    here: () => [...entries.values()].filter((e) => !isGone(e)).map(({ sighting }) => sighting),
  };
}

function byDevice(devices: readonly Device[]): Device[][] {
  const groups = new Map<string, Device[]>();
  for (const device of devices) {
    groups.set(keyOf(device), [...(groups.get(keyOf(device)) ?? []), device]);
  }
  return [...groups.values()];
}

function keyOf({ mac, address }: Pick<Sighting, 'mac' | 'address'>): string {
  return mac ?? address;
}

/** By MAC; where one of the two has none, by address. */
function oldEntry(
  entries: ReadonlyMap<string, Entry>,
  device: Device,
): { readonly key: string; readonly entry: Entry } | undefined {
  const byMac = entries.get(keyOf(device));
  if (byMac !== undefined) return { key: keyOf(device), entry: byMac };
  for (const [key, entry] of entries) {
    const { address, mac } = entry.sighting;
    if (address === device.address && (mac === undefined || device.mac === undefined)) {
      return { key, entry };
    }
  }
  return undefined;
}

/** A name or banner that was not asked for this time still holds. */
function merged(old: Sighting | undefined, device: Device): Sighting {
  const mac = device.mac ?? old?.mac;
  const name = device.name ?? old?.name;
  const banner = device.banner ?? old?.banner;
  const { isPi, evidence } = judge({ mac, name, banner });
  return {
    address: device.address,
    ...(mac === undefined ? {} : { mac }),
    ...(name === undefined ? {} : { name }),
    ...(banner === undefined ? {} : { banner }),
    isPi,
    evidence: [...evidence],
  };
}

function differ(a: Sighting, b: Sighting): boolean {
  return (['address', 'mac', 'name', 'banner', 'isPi'] as const).some((key) => a[key] !== b[key]);
}
