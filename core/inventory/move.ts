/** `rpi inventory move` and `remove`: hosts that a person places, or takes out. */
import { relative } from 'node:path';
import { RpiError } from '../errors.ts';
import type { EventBody } from '../runs/event.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import type { Inventory } from './host.ts';
import { readInventory, type LoadedInventory } from './load.ts';
import { nearest } from './nearest.ts';
import { groupToLeave, type HostChange } from './plan.ts';
import { planHostEdits } from './planned-edits.ts';
import { changeHosts } from './update.ts';
import { count } from './words.ts';

export type MoveInput = {
  /** Names of hosts. */
  readonly hosts: readonly string[];
  /** An existing group or a new one; `ungrouped` for none. */
  readonly group: string;
  /** The group they leave, for hosts that stand in several. */
  readonly from?: string | undefined;
};

export type HostsOutcome = Outcome & {
  /** Names of those that are changed, or would be. */
  readonly hosts: readonly string[];
};

/**
 * Moves hosts into a group. Those that stand in it already stay. Throws `inventory.no-match` for
 * a name that no host has, `input.invalid` for a host of several groups without `from`, and what
 * changeHosts throws; nothing is written then.
 */
export async function* moveHosts(
  input: MoveInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, HostsOutcome> {
  const { project } = context;
  const before = await readInventory(project, { programs: context });
  const moves = movesOf(before, input);
  const hosts = moves.map(({ host }) => host);
  // Refuses what can't be done, with its place, before anything is said to be done.
  await planHostEdits(project, moves, { programs: context });
  yield {
    kind: 'plan',
    title: `Move ${count(hosts.length, 'host')} to ${input.group}`,
    items: moves.map((move) => ({
      action: 'move',
      target: move.host,
      detail: `from ${groupToLeave(before.graph, move)}`,
    })),
  };
  yield* changeHosts(context.project, moves, { dryRun: context.dryRun, programs: context });
  if (!context.dryRun) {
    for (const host of hosts) {
      const summary = `moved to ${input.group}`;
      yield { kind: 'host.finished', host, status: 'changed', summary };
    }
  }
  const says = hosts.length === 0 ? 'Nothing to move' : `${count(hosts.length, 'host')} moved`;
  return { status: 'ok', summary: `${says}${dry(context)}.`, hosts };
}

/** The moves that are to be made. Throws as moveHosts. */
export function movesOf(
  { inventory, graph }: Pick<LoadedInventory, 'inventory' | 'graph'>,
  { hosts, group, from }: MoveInput,
): Extract<HostChange, { type: 'move' }>[] {
  refuseStrangers(inventory, hosts);
  const target = group === 'all' ? 'ungrouped' : group;
  return [...new Set(hosts)].flatMap((host) => {
    const isThere = graph.groups.get(target)?.hosts.has(host) === true;
    if (isThere && from === undefined) return [];
    return [{ type: 'move' as const, host, group: target, from }];
  });
}

export type RemoveInput = { readonly hosts: readonly string[] };

/**
 * Takes hosts out of the inventory. Their files in host_vars are a person's and stay; the outcome
 * names them. Throws as moveHosts.
 */
export async function* removeHosts(
  { hosts: named }: RemoveInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, HostsOutcome> {
  const { project } = context;
  const { inventory, layers } = await readInventory(project, { programs: context });
  const hosts = [...new Set(named)];
  refuseStrangers(inventory, hosts);
  yield {
    kind: 'plan',
    title: `Remove ${count(hosts.length, 'host')}`,
    items: hosts.map((host) => ({ action: 'remove', target: host })),
  };
  const changes = hosts.map((host): HostChange => ({ type: 'remove', host }));
  yield* changeHosts(project, changes, { dryRun: context.dryRun, programs: context });
  if (!context.dryRun) {
    for (const host of hosts) {
      yield { kind: 'host.finished', host, status: 'changed', summary: 'removed' };
    }
  }
  const files = hosts.flatMap((host) =>
    (layers.get(host) ?? []).flatMap(({ from, path }) =>
      from === 'host_vars' && path !== undefined ? [relative(project.root, path)] : [],
    ),
  );
  const undone = [...new Set(files)].map((path) => `${path} is still there.`);
  return {
    status: 'ok',
    summary: `${count(hosts.length, 'host')} removed${dry(context)}.`,
    undone,
    hosts,
  };
}

function refuseStrangers({ hosts }: Inventory, names: readonly string[]): void {
  const known = hosts.map(({ name }) => name);
  const stranger = names.find((name) => !known.includes(name));
  if (stranger === undefined) return;
  const near = nearest(stranger, known);
  throw new RpiError('inventory.no-match', `There is no host ${stranger} in the inventory.`, {
    remedy: `${near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : ''}rpi inventory list shows all.`,
  });
}

function dry({ dryRun }: ProjectContext): string {
  return dryRun ? ' (a dry run: nothing was written)' : '';
}
