/** Which group a Pi belongs to once its model is known: that is what enrolling learns. */
import { groupFor } from '../inventory/naming.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { HostChange } from '../inventory/plan.ts';
import type { GroupRule } from '../project/config.ts';
import type { HostEnrollment } from './enroll-host.ts';

export type Placement = Extract<HostChange, { type: 'move' }>;

/**
 * Hosts that are in no group, and whose model was not on record before: where rpi.yml's rules put
 * them. A host whose model is known already stays where it is, which may be as a person wants it.
 */
export function placements(
  inventory: readonly InventoryHost[],
  results: ReadonlyMap<string, HostEnrollment>,
  rules: readonly GroupRule[],
): Placement[] {
  return inventory.flatMap((host): Placement[] => {
    const result = results.get(host.name);
    if (result?.status !== 'enrolled') return [];
    const { model, macs } = result.facts;
    const isUngrouped = host.groups.every((name) => name === 'ungrouped');
    if (model === undefined || model === host.model || !isUngrouped) return [];
    const known = { name: host.name, macs: [...new Set([...host.macs, ...macs])], model };
    const group = groupFor(known, rules);
    const isPlaced = group !== 'ungrouped' && group !== 'all';
    return isPlaced ? [{ type: 'move', host: host.name, group }] : [];
  });
}
