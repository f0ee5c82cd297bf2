/**
 * Adopting and moving in the editor: the edits that the commands `rpi inventory add` and `move`
 * would make, of texts that may not be saved yet.
 */
import type { SeenDevice } from '../detect/sightings.ts';
import { RpiError } from '../errors.ts';
import { changeOf, planAdoption, type Adoption } from '../inventory/adopt-plan.ts';
import { filesOnDisk, frozen, type InventoryFiles } from '../inventory/files.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { readInventory } from '../inventory/load.ts';
import { movesOf } from '../inventory/move.ts';
import { planHostEdits, type FileEdits } from '../inventory/planned-edits.ts';
import type { Programs } from '../inventory/source.ts';
import { recognise } from '../inventory/recognise.ts';
import type { Project } from '../project/project.ts';

export type { FileEdits } from '../inventory/planned-edits.ts';

export type AdoptEditsInput = {
  /** The texts that the edits are of; the disk's, where it is not given. */
  readonly files?: InventoryFiles | undefined;
  /** For inventories that are programs; see loadInventory. */
  readonly programs?: Programs | undefined;
  /** What was detected (loadSightings). */
  readonly devices: readonly SeenDevice[];
  readonly requests: readonly {
    /** The MAC of a device, else its address: the key of a DiscoveredPi. */
    readonly key: string;
    /** Instead of the group that the rules of rpi.yml say. */
    readonly group?: string | undefined;
  }[];
  /** Milliseconds since the epoch; now, where it is not given. */
  readonly now?: number;
};

/**
 * The edits that adopt devices. Throws `input.invalid` for a device that was not seen, is in the
 * inventory already, or is no Pi, and what planHostEdits throws.
 */
export async function planAdoptEdits(
  project: Project,
  input: AdoptEditsInput,
): Promise<FileEdits[]> {
  const files = frozen(input.files ?? filesOnDisk);
  const { programs } = input;
  const { inventory } = await readInventory(project, { files, programs });
  const adoptions: Adoption[] = [];
  for (const { key, group } of input.requests) {
    // Those before it count as adopted: two Pis must not get one name.
    const hosts = [...inventory.hosts, ...adoptions.map(hostOf)];
    const plan = planAdoption(
      { all: false, hosts: [key], group },
      {
        inventory: { ...inventory, hosts },
        devices: input.devices,
        recognition: recognise(hosts, input.devices),
        rules: project.config.groups,
        now: input.now ?? Date.now(),
      },
    );
    const [left] = plan.left;
    if (left !== undefined) {
      throw new RpiError('input.invalid', `${left.device} ${left.says}.`, {
        remedy: 'Nothing was changed.',
      });
    }
    adoptions.push(...plan.adoptions);
  }
  return planHostEdits(project, adoptions.map(changeOf), { files, programs });
}

function hostOf({ name, address, mac, group }: Adoption): InventoryHost {
  return {
    name,
    address,
    port: 22,
    user: undefined,
    become: false,
    groups: [group],
    serial: undefined,
    macs: mac === undefined ? [] : [mac],
    model: undefined,
    variables: {},
  };
}

export type MoveEditsInput = Pick<AdoptEditsInput, 'files' | 'programs'> & {
  readonly hosts: readonly {
    readonly name: string;
    /** The group that it is taken out of, where it stands in several. */
    readonly from?: string | undefined;
  }[];
  /** An existing group or a new one; `ungrouped` for none. */
  readonly group: string;
};

/**
 * The edits that move hosts into a group; none where all stand in it already. Throws as
 * `rpi inventory move`.
 */
export async function planMoveEdits(
  project: Project,
  { files: given = filesOnDisk, programs, hosts, group }: MoveEditsInput,
): Promise<FileEdits[]> {
  const files = frozen(given);
  const before = await readInventory(project, { files, programs });
  const moves = hosts.flatMap(({ name, from }) => movesOf(before, { hosts: [name], group, from }));
  return planHostEdits(project, moves, { files, programs });
}
