/** What a scan knows so far, one device an address, and what of it is worth telling. */
import type { Sighting } from '../runs/event.ts';
import { judge } from './evidence.ts';
import type { Device, Finding } from './source.ts';

export type DeviceTable = {
  /** Takes a finding in; returns the device if anything is new in it. */
  readonly add: (finding: Finding) => Device | undefined;
  readonly all: () => readonly Device[];
};

export function createDeviceTable(): DeviceTable {
  const devices = new Map<string, Device>();
  return {
    add: (finding) => {
      const old = devices.get(finding.address);
      const device = merged(old, finding);
      if (old !== undefined && sameDevice(old, device)) return undefined;
      devices.set(device.address, device);
      return device;
    },
    all: () => [...devices.values()],
  };
}

function merged(old: Device | undefined, finding: Finding): Device {
  const observed = {
    mac: finding.mac ?? old?.mac,
    name: printable(finding.name) ?? old?.name,
    banner: printable(finding.banner) ?? old?.banner,
  };
  return {
    address: finding.address,
    ...observed,
    bannerAt: finding.bannerAt ?? old?.bannerAt,
    answered: finding.answered || old?.answered === true,
    judgement: judge(observed),
  };
}

function sameDevice(a: Device, b: Device): boolean {
  return a.mac === b.mac && a.name === b.name && a.banner === b.banner && a.answered === b.answered;
}

/** Names and banners come from anybody and end up in terminals. */
function printable(text: string | undefined): string | undefined {
  const clean = text?.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '').slice(0, 255);
  return clean === '' ? undefined : clean;
}

export function sightingOf(device: Device): Sighting {
  const { address, mac, name, banner, judgement } = device;
  return {
    address,
    ...(mac === undefined ? {} : { mac }),
    ...(name === undefined ? {} : { name }),
    ...(banner === undefined ? {} : { banner }),
    isPi: judgement.isPi,
    evidence: [...judgement.evidence],
  };
}
