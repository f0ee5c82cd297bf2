import { enroll, type EnrollOutcome } from '../access/enroll.ts';
import { requireAnsible } from '../ansible/find.ts';
import { runStages, type Stage, type StagesInput, type StagesOutcome } from '../ansible/stages.ts';
import { RpiError } from '../errors.ts';
import { detect } from '../detect/detect.ts';
import { addToInventory } from '../inventory/add.ts';
import { loadInventory, selectHosts } from '../inventory/load.ts';
import type { EventBody, Sighting } from '../runs/event.ts';
import { confirmed, type ProjectContext } from '../runs/operation.ts';

const UPGRADE: Stage = { name: 'upgrade', title: 'Update and upgrade' };
const PROVISION: Stage = { name: 'provision', title: 'Provision' };
/** All of them, in their order. */
export const PROVISION_STAGES: readonly Stage[] = [UPGRADE, PROVISION];

export type ProvisionInput = StagesInput & {
  /** False: leave installed packages at their versions. */
  readonly upgrade: boolean;
  /** With nothing adopted yet: adopt every Pi that is detected, without asking. */
  readonly adoptAll: boolean;
};

/** How the way to the first adopted Pis ended: with none to go on with, or with those that let us in. */
type Begun =
  | { readonly ended: StagesOutcome }
  | { readonly ended?: undefined; readonly enrolled: EnrollOutcome };

/**
 * Updates and upgrades, then runs the role playbooks. Where nothing has been adopted yet it first
 * detects, asks, adopts and enrolls, and goes on with the Pis that let it in; the run ends as
 * failed and names the others. Errors: see runStages.
 */
export async function* provision(
  input: ProvisionInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, StagesOutcome> {
  const stages = input.upgrade ? PROVISION_STAGES : [PROVISION];
  if ((await loadInventory(context.project, context)).hosts.length > 0) {
    return yield* runStages(stages, 'provision', input, context);
  }
  if (input.limit !== undefined) throw nothingToLimit(input.limit);
  const begun = yield* adoptFirst(input, context);
  if (begun.ended !== undefined) return begun.ended;
  if (begun.enrolled.status === 'ok') return yield* runStages(stages, 'provision', input, context);
  return yield* provisionOpen(stages, input, begun.enrolled, context);
}

/** Provisions those that let us in, and says of the others why they were left out. */
async function* provisionOpen(
  stages: readonly Stage[],
  input: ProvisionInput,
  enrolled: EnrollOutcome,
  context: ProjectContext,
): AsyncGenerator<EventBody, StagesOutcome> {
  const open = new Set(
    enrolled.hosts.filter(({ status }) => status === 'enrolled').map(({ host }) => host),
  );
  const wanted = selectHosts(await loadInventory(context.project, context), input.limit);
  const limit = wanted.map(({ name }) => name).filter((name) => open.has(name));
  const leftOut = enrolled.hosts.flatMap((host) =>
    host.status === 'enrolled' ? [] : [`${host.host} was not provisioned: ${host.error.message}`],
  );
  if (limit.length === 0) {
    return { ...enrolled, undone: [...leftOut, 'Provisioning was not started.'], stages: [] };
  }
  const done = yield* runStages(stages, 'provision', { ...input, limit: limit.join(',') }, context);
  return {
    ...done,
    status: done.status === 'ok' ? enrolled.status : done.status,
    summary: `${done.summary} ${enrolled.summary}`,
    undone: [...(done.undone ?? []), ...leftOut],
  };
}

/** Detects, asks, adopts, enrolls. */
async function* adoptFirst(
  { adoptAll, check }: ProvisionInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, Begun> {
  await requireAnsible(context.project, context.env); // before Pis are changed for nothing
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
  if (found.status !== 'ok') return { ended: { ...found, stages: [] } };
  const pis = found.devices.filter((device) => device.isPi);
  if (pis.length === 0) {
    return {
      ended: {
        status: 'failed',
        summary: 'No Raspberry Pi was found on the network, and the inventory is empty.',
        stages: [],
      },
    };
  }
  yield {
    kind: 'plan',
    title: `Adopt ${pis.length} Raspberry Pi${pis.length === 1 ? '' : 's'}`,
    items: pis.map((pi) => ({ action: 'adopt', target: describe(pi) })),
  };
  if (context.dryRun || check) {
    const why = check ? 'Check mode' : 'A dry run';
    return { ended: { status: 'ok', summary: `${why}: nothing was adopted.`, stages: [] } };
  }
  if (!adoptAll && !(await confirmed(context, 'Adopt, enroll and provision them all?'))) {
    return {
      ended: {
        status: 'refused',
        summary: 'Nothing was adopted.',
        undone: ['Adopt single ones with: rpi inventory add NAME…'],
        stages: [],
      },
    };
  }
  const added = yield* addToInventory({ all: true, hosts: [] }, context);
  if (added.status !== 'ok') return { ended: { ...added, stages: [] } };
  const enrolled = yield* enroll(
    {
      limit: undefined,
      // Adopting without a question accepts the host keys too, unless the policy is to refuse them.
      acceptNew: adoptAll && context.project.config.access.host_keys !== 'refuse',
      askPassword: false,
      rotate: false,
      keySaved: false,
      ownKeys: [],
    },
    context,
  );
  if (enrolled.status !== 'cancelled') return { enrolled };
  const undone = [...(enrolled.undone ?? []), 'Provisioning was not started.'];
  return { ended: { ...enrolled, undone, stages: [] } };
}

function nothingToLimit(limit: string): RpiError {
  return new RpiError(
    'inventory.empty',
    `There is no host in the inventory that ${limit} could be.`,
    {
      remedy: `Adopt it first: rpi detect, then rpi inventory add ${limit} — or run without --limit.`,
    },
  );
}

function describe(pi: Sighting): string {
  return [pi.name, pi.address, pi.mac].filter((part) => part !== undefined).join('  ');
}
