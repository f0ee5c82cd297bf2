import { enroll } from '../access/enroll.ts';
import { runStages, type Stage, type StagesInput, type StagesOutcome } from '../ansible/stages.ts';
import { detect } from '../detect/detect.ts';
import { addToInventory } from '../inventory/add.ts';
import { loadInventory } from '../inventory/load.ts';
import type { EventBody, Sighting } from '../runs/event.ts';
import { confirmed, type ProjectContext } from '../runs/operation.ts';

const UPGRADE: Stage = { name: 'upgrade', title: 'Update and upgrade' };
const PROVISION: Stage = { name: 'provision', title: 'Provision' };

export type ProvisionInput = StagesInput & {
  /** False: leave installed packages at their versions. */
  readonly upgrade: boolean;
  /** With nothing adopted yet: adopt every Pi that is detected, without asking. */
  readonly adoptAll: boolean;
};

/**
 * Updates and upgrades, then runs the role playbooks. Where nothing has been adopted yet it first
 * detects, asks, adopts and enrolls. Errors: see runStages.
 */
export async function* provision(
  input: ProvisionInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, StagesOutcome> {
  if ((await loadInventory(context.project)).hosts.length === 0) {
    const begun = yield* adoptFirst(input.adoptAll, context);
    if (begun !== undefined) return begun;
  }
  const stages = input.upgrade ? [UPGRADE, PROVISION] : [PROVISION];
  return yield* runStages(stages, 'provision', input, context);
}

/** Detects, asks, adopts, enrolls. Returns how the run ends if it can't go on. */
async function* adoptFirst(
  adoptAll: boolean,
  context: ProjectContext,
): AsyncGenerator<EventBody, StagesOutcome | undefined> {
  yield {
    kind: 'log',
    level: 'info',
    text: 'The inventory is empty: looking for Raspberry Pis first.',
  };
  const found = yield* detect(
    {
      networks: context.project.config.networks,
      routed: false,
      hosts: [],
      nmap: false,
      all: false,
      state: context.project,
    },
    context,
  );
  if (found.status !== 'ok') return { ...found, stages: [] };
  const pis = found.devices.filter((device) => device.isPi);
  if (pis.length === 0) {
    return {
      status: 'failed',
      summary: 'No Raspberry Pi was found on the network, and the inventory is empty.',
      stages: [],
    };
  }
  yield {
    kind: 'plan',
    title: `Adopt ${pis.length} Raspberry Pi${pis.length === 1 ? '' : 's'}`,
    items: pis.map((pi) => ({ action: 'adopt', target: describe(pi) })),
  };
  if (context.dryRun) {
    return { status: 'ok', summary: 'A dry run: nothing was adopted.', stages: [] };
  }
  if (!adoptAll && !(await confirmed(context, 'Adopt, enroll and provision them all?'))) {
    return {
      status: 'refused',
      summary: 'Nothing was adopted.',
      undone: ['Adopt single ones with: rpi inventory add NAME…'],
      stages: [],
    };
  }
  const added = yield* addToInventory({ all: true, hosts: [] }, context);
  if (added.status !== 'ok') return { ...added, stages: [] };
  const enrolled = yield* enroll(
    {
      limit: undefined,
      acceptNew: adoptAll,
      askPassword: false,
      rotate: false,
      keySaved: false,
      ownKeys: [],
    },
    context,
  );
  if (enrolled.status !== 'ok') {
    return {
      ...enrolled,
      undone: [...(enrolled.undone ?? []), 'Provisioning was not started.'],
      stages: [],
    };
  }
  return undefined;
}

function describe(pi: Sighting): string {
  return [pi.name, pi.address, pi.mac].filter((part) => part !== undefined).join('  ');
}
