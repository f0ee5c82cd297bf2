/** `rpi inventory sync`: brings hosts that are known up to what detection saw. */
import { loadSightings } from '../detect/sightings.ts';
import type { EventBody } from '../runs/event.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import { moveHostKeys, recogniseAll } from './host-keys.ts';
import type { InventoryHost } from './host.ts';
import { loadInventory, selectHosts } from './load.ts';
import type { HostChange } from './plan.ts';
import type { Recognition, RecognisedHost } from './recognise.ts';
import { planSync, type Move, type SyncPlan } from './sync-plan.ts';
import { settleTwins } from './twins.ts';
import { changeHosts } from './update.ts';
import { count } from './words.ts';

export type SyncInput = {
  /** An Ansible host pattern; all hosts without it. */
  readonly limit: string | undefined;
};

export type SyncOutcome = Outcome & {
  readonly moved: readonly { readonly host: string; readonly from: string; readonly to: string }[];
  /** Hosts that were merged into another, by name. */
  readonly merged: readonly string[];
};

/**
 * Updates the addresses of hosts that are recognised by MAC or host key, never by address or name.
 * Hosts that prove to be one Pi are shown, and merged if a person says which is to stay. Throws
 * what changeHosts throws; nothing is written then.
 */
export async function* syncInventory(
  input: SyncInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, SyncOutcome> {
  const { project } = context;
  const inventory = await loadInventory(project, context);
  const devices = await loadSightings(project);
  const limited = new Set(selectHosts(inventory, input.limit));
  if (devices.length === 0) yield nothingDetected();
  const recognition = yield* recogniseAll(inventory.hosts, devices, context);
  const { recognised, twins } = within(recognition, limited);
  const plan = planSync(recognised, inventory.hosts);
  yield* tellSync(plan);
  const merges = yield* settleTwins(twins, context);
  if (context.signal.aborted) {
    const undone = ['Nothing was written.'];
    return { status: 'cancelled', summary: 'Cancelled.', undone, moved: [], merged: [] };
  }
  const gone = new Set(merges.flatMap(({ removed }) => removed));
  const moves = plan.moves.filter(({ host }) => !gone.has(host.name));
  const changes = [
    ...moves.map((move) => moveChange(move, recognised)),
    ...merges.flatMap((m) => m.changes),
  ];
  yield* changeHosts(project, changes, { dryRun: context.dryRun, programs: context });
  if (!context.dryRun) {
    await moveHostKeys(moves, context);
    for (const { host, from, to } of moves) {
      const summary = `moved from ${from} to ${to}`;
      yield { kind: 'host.finished', host: host.name, status: 'changed', summary };
    }
  }
  return {
    status: 'ok',
    summary:
      devices.length === 0 && gone.size === 0
        ? 'Nothing to update: nothing has been detected yet.'
        : summaryOf(moves, plan, gone.size, context.dryRun),
    undone: merges.flatMap(({ undone }) => undone),
    moved: moves.map(({ host, from, to }) => ({ host: host.name, from, to })),
    merged: [...gone],
  };
}

/** What is recognised of the hosts of a limit. Shared with `rpi inventory diff`. */
export function within(
  { recognised, unknown, twins }: Recognition,
  limited: ReadonlySet<InventoryHost>,
): Recognition {
  return {
    recognised: recognised.filter(({ host }) => limited.has(host)),
    unknown,
    twins: twins.filter(({ hosts }) => hosts.some((host) => limited.has(host))),
  };
}

export function nothingDetected(): EventBody {
  const text = 'Nothing has been detected yet. Look for Pis first: rpi detect';
  return { kind: 'log', level: 'warn', text };
}

/** The plan, as events. Shared with `rpi inventory diff`. */
export function* tellSync({ moves, notes }: SyncPlan): Generator<EventBody> {
  if (moves.length > 0) {
    yield {
      kind: 'plan',
      title: `Update ${count(moves.length, 'host')}`,
      items: moves.map(({ host, from, to, proof }) => ({
        action: 'move',
        target: host.name,
        detail: `${from} → ${to}, ${proof}`,
      })),
    };
  }
  for (const text of notes) yield { kind: 'log', level: 'warn', text };
}

/** The new address; and the MAC of a host that was recognised by its key, so that next time it is. */
export function moveChange({ host, to }: Move, recognised: readonly RecognisedHost[]): HostChange {
  const device = recognised
    .find((entry) => entry.host.name === host.name)
    ?.devices.find(({ address }) => address === to);
  const mac = device?.mac;
  return {
    type: 'set',
    host: host.name,
    vars: {
      ansible_host: to,
      ...(mac === undefined || host.macs.includes(mac) ? {} : { rpi_macs: [...host.macs, mac] }),
    },
  };
}

function summaryOf(
  moves: readonly Move[],
  plan: SyncPlan,
  merged: number,
  dryRun: boolean,
): string {
  const would = dryRun ? 'would be ' : '';
  const parts = [
    ...(moves.length > 0 ? [`${count(moves.length, 'host')} ${would}updated`] : []),
    ...(merged > 0 ? [`${count(merged, 'host')} ${would}merged`] : []),
    ...(plan.unmoved.length > 0 ? [`${plan.unmoved.length} as before`] : []),
  ];
  return parts.length === 0
    ? 'No host of the inventory was recognised among what was detected.'
    : `${parts.join(', ')}.`;
}
