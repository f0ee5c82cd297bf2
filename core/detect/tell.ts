/** Which devices are worth an event, and when. */
import type { EventBody, Sighting } from '../runs/event.ts';
import { sightingOf } from './devices.ts';
import type { Device } from './source.ts';

export type Teller = {
  /** The events that what is known of the device calls for now. */
  readonly tell: (device: Device) => EventBody[];
  /** As tell, when nothing more will be learnt. */
  readonly tellLast: (device: Device) => EventBody[];
  /** What was told, as it was told last. */
  readonly told: () => Sighting[];
};

/**
 * A Pi is told at once when it is surely one, a possible one at the end. It is told again when
 * both name and banner are known, or at the end if there is more than was told. Devices that are
 * no Pis are told at the end, with `all`. A device with several addresses is told once.
 */
export function createTeller(all: boolean): Teller {
  const told = new Map<string, Sighting>();
  const addressOfMac = new Map<string, string>();

  const isKnownElsewhere = ({ mac, address }: Device): boolean => {
    if (mac === undefined) return false;
    const other = addressOfMac.get(mac);
    return other !== undefined && other !== address;
  };

  const put = (device: Device): EventBody[] => {
    const sighting = sightingOf(device);
    told.set(device.address, sighting);
    if (device.mac !== undefined) addressOfMac.set(device.mac, device.address);
    return [{ kind: 'sighting', sighting }];
  };

  return {
    tell: (device) => {
      if (!device.answered || !device.judgement.isPi || isKnownElsewhere(device)) return [];
      const before = told.get(device.address);
      if (before === undefined) return device.judgement.isCertain ? put(device) : [];
      return isComplete(device) && !isComplete(before) ? put(device) : [];
    },
    tellLast: (device) => {
      if (!device.answered || isKnownElsewhere(device)) return [];
      const before = told.get(device.address);
      if (before === undefined) return device.judgement.isPi || all ? put(device) : [];
      return differs(before, device) ? put(device) : [];
    },
    told: () => [...told.values()],
  };
}

function isComplete(device: Pick<Sighting, 'name' | 'banner'>): boolean {
  return device.name !== undefined && device.banner !== undefined;
}

function differs(before: Sighting, device: Device): boolean {
  return (
    before.isPi !== device.judgement.isPi ||
    before.mac !== device.mac ||
    before.name !== device.name ||
    before.banner !== device.banner
  );
}
