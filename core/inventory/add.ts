/** `rpi inventory add`: adopts detected Pis into the inventory. */
import { loadSightings } from '../detect/sightings.ts';
import { RpiError } from '../errors.ts';
import type { EventBody } from '../runs/event.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import {
  changeOf,
  planAdoption,
  type Adoption,
  type AdoptPlan,
  type AdoptRequest,
  type NotAdopted,
} from './adopt-plan.ts';
import { recogniseAll } from './host-keys.ts';
import { loadInventory } from './load.ts';
import { changeHosts } from './update.ts';
import { count } from './words.ts';

export type AddOutcome = Outcome & {
  readonly added: readonly Adoption[];
  readonly left: readonly NotAdopted[];
};

/**
 * Adds devices that were detected. Each comes with `ansible_host` and `rpi_macs`; how to log in is
 * for access to find out. Throws `input.invalid` for a device that was not seen, and what
 * changeHosts throws; nothing is written then.
 */
export async function* addToInventory(
  request: AdoptRequest,
  context: ProjectContext,
): AsyncGenerator<EventBody, AddOutcome> {
  const plan = yield* planAdd(request, context);
  if (context.signal.aborted) {
    const undone = ['Nothing was written.'];
    return { status: 'cancelled', summary: 'Cancelled.', undone, added: [], left: plan.left };
  }
  if (plan.adoptions.length > 0) yield adoptionPlan(plan.adoptions);
  for (const { device, reason, says } of plan.left) {
    const level = reason === 'known' ? 'info' : 'warn';
    if (reason !== 'known' || !request.all)
      yield { kind: 'log', level, text: `${device} ${says}.` };
  }
  yield* changeHosts(context.project, plan.adoptions.map(changeOf), {
    dryRun: context.dryRun,
    programs: context,
  });
  if (!context.dryRun) {
    for (const { name, group } of plan.adoptions) {
      yield { kind: 'host.finished', host: name, status: 'changed', summary: `added to ${group}` };
    }
  }
  return outcomeOf(plan, request, context.dryRun);
}

/** What add would do. Shared with `rpi inventory diff`. */
export async function* planAdd(
  request: AdoptRequest,
  context: ProjectContext,
): AsyncGenerator<EventBody, AdoptPlan> {
  const { project } = context;
  const inventory = await loadInventory(project, context);
  const devices = await loadSightings(project);
  if (devices.length === 0 && (request.all || request.hosts.length > 0)) {
    throw new RpiError('input.invalid', 'Nothing has been detected yet.', {
      remedy: 'Look for Pis first: rpi detect',
    });
  }
  return planAdoption(request, {
    inventory,
    devices,
    recognition: yield* recogniseAll(inventory.hosts, devices, context),
    rules: project.config.groups,
    now: context.clock.now(),
  });
}

export function adoptionPlan(adoptions: readonly Adoption[]): EventBody {
  return {
    kind: 'plan',
    title: `Add ${count(adoptions.length, 'host')}`,
    items: adoptions.map(({ name, group, address, mac }) => ({
      action: 'add',
      target: name,
      detail: [address, mac, `to ${group}`].filter((part) => part !== undefined).join('  '),
    })),
  };
}

function outcomeOf(plan: AdoptPlan, request: AdoptRequest, dryRun: boolean): AddOutcome {
  const refused = plan.left.filter(({ reason }) => reason !== 'known');
  const added = count(plan.adoptions.length, 'host');
  const undone = refused.map(({ device, says }) => `${device} ${says}`);
  // With --all it is the rule that some stay out; a device that was named should have been added.
  const status = refused.length > 0 && !request.all ? 'refused' : 'ok';
  const summary =
    plan.adoptions.length > 0
      ? `${added} ${dryRun ? 'would be added (a dry run)' : 'added'}.`
      : refused.length > 0
        ? 'Nothing was added.'
        : 'Nothing to add: every detected Pi is in the inventory.';
  return { status, summary, undone, added: plan.adoptions, left: plan.left };
}
