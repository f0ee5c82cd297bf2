/** What enrolling learned of the Pis: into the inventory, and what does not fit together. */
import type { HostVariables } from '../inventory/edit.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { HostChange } from '../inventory/plan.ts';
import type { EventBody } from '../runs/event.ts';
import type { Enrolled, HostEnrollment } from './enroll-host.ts';

/** Only what the inventory does not say already, by whatever group or file. */
export function inventoryChanges(
  inventory: readonly InventoryHost[],
  results: ReadonlyMap<string, HostEnrollment>,
): HostChange[] {
  return inventory.flatMap((host): HostChange[] => {
    const result = results.get(host.name);
    if (result?.status !== 'enrolled') return [];
    const vars = learnedVariables(host, result);
    return Object.keys(vars).length === 0 ? [] : [{ type: 'set', host: host.name, vars }];
  });
}

function learnedVariables(host: InventoryHost, { user, sudo, facts }: Enrolled): HostVariables {
  const macs = [...new Set([...host.macs, ...facts.macs])];
  return {
    ...(host.user === user ? {} : { ansible_user: user }),
    ...(sudo && !host.become ? { ansible_become: true } : {}),
    // A serial that differs is not corrected: the host may be another Pi than it was.
    ...(facts.serial !== undefined && host.serial === undefined
      ? { rpi_serial: facts.serial }
      : {}),
    ...(macs.length === host.macs.length ? {} : { rpi_macs: macs }),
    ...(facts.model === undefined || facts.model === host.model ? {} : { rpi_model: facts.model }),
  };
}

/** Two hosts that are one Pi, and a host that is another Pi than it was. */
export function* serialFindings(
  inventory: readonly InventoryHost[],
  results: ReadonlyMap<string, HostEnrollment>,
): Generator<EventBody, void> {
  const bySerial = new Map<string, string[]>();
  for (const host of inventory) {
    const result = results.get(host.name);
    const seen = result?.status === 'enrolled' ? result.facts.serial : undefined;
    if (seen !== undefined && host.serial !== undefined && !sameSerial(seen, host.serial)) {
      yield {
        kind: 'check',
        host: host.name,
        name: 'serial',
        status: 'warning',
        detail: `the Pi at ${host.address} has the serial ${seen}, the inventory says ${host.serial}`,
        why: 'The card was moved to another board, or another Pi answers in its place.',
        remedy: 'If that is as you want it, correct rpi_serial in the inventory.',
      };
    }
    const serial = (seen ?? host.serial)?.toLowerCase();
    if (serial !== undefined) bySerial.set(serial, [...(bySerial.get(serial) ?? []), host.name]);
  }
  for (const [serial, names] of bySerial) {
    if (names.length < 2) continue;
    yield {
      kind: 'check',
      name: 'serial',
      status: 'warning',
      detail: `${names.join(' and ')} are one Pi (serial ${serial})`,
      why: 'It is in the inventory more than once: by cable and by Wi-Fi, or at an old address.',
      remedy: 'Keep one of them: rpi inventory sync shows what to merge.',
    };
  }
}

/** Some sources write the leading zeros, others don't. */
function sameSerial(a: string, b: string): boolean {
  const bare = (serial: string): string => serial.toLowerCase().replace(/^0+/, '');
  return bare(a) === bare(b);
}
