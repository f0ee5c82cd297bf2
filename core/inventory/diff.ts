/** `rpi inventory diff`: what sync and `add --all` would change. Writes nothing. */
import { loadSightings } from '../detect/sightings.ts';
import type { EventBody } from '../runs/event.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import { adoptionPlan, planAdd } from './add.ts';
import { changeOf } from './adopt-plan.ts';
import { recogniseAll } from './host-keys.ts';
import { loadInventory, selectHosts } from './load.ts';
import { moveChange, nothingDetected, tellSync, within, type SyncInput } from './sync.ts';
import { planSync } from './sync-plan.ts';
import { tellTwins } from './twins.ts';
import { changeHosts } from './update.ts';
import { count } from './words.ts';

export type DiffOutcome = Outcome & {
  /** False where detection and inventory agree. */
  readonly differs: boolean;
};

/**
 * Tells the differences in words and as a unified diff. With a limit only those of its hosts: what
 * is not in the inventory yet is none of them. Throws as sync and add do.
 */
export async function* diffInventory(
  input: SyncInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, DiffOutcome> {
  const inventory = await loadInventory(context.project, context);
  const devices = await loadSightings(context.project);
  const limited = new Set(selectHosts(inventory, input.limit));
  if (devices.length === 0) yield nothingDetected();
  const recognition = yield* recogniseAll(inventory.hosts, devices, context);
  const { recognised, twins } = within(recognition, limited);
  const sync = planSync(recognised, inventory.hosts);
  yield* tellSync(sync);
  yield* tellTwins(twins);
  // With nothing detected there is nothing to add, which is no error here.
  const adoptions =
    devices.length === 0 || input.limit !== undefined
      ? []
      : (yield* planAdd({ all: true, hosts: [] }, context)).adoptions;
  if (adoptions.length > 0) yield adoptionPlan(adoptions);
  const changes = [
    ...sync.moves.map((move) => moveChange(move, recognised)),
    ...adoptions.map(changeOf),
  ];
  const differs = yield* changeHosts(context.project, changes, { dryRun: true, programs: context });
  const parts = [
    ...(sync.moves.length > 0
      ? [`${count(sync.moves.length, 'host')} to update (rpi inventory sync)`]
      : []),
    ...(adoptions.length > 0
      ? [`${count(adoptions.length, 'Pi')} to add (rpi inventory add --all)`]
      : []),
    ...(twins.length > 0 ? [`${count(twins.length, 'Pi')} there twice`] : []),
  ];
  return {
    status: 'ok',
    differs,
    summary:
      parts.length > 0
        ? `${parts.join(', ')}.`
        : devices.length === 0
          ? 'Nothing to compare with: nothing has been detected yet.'
          : 'The inventory agrees with what was detected.',
  };
}
