/** Hosts that prove to be one Pi: shown always, merged if a person says which is to stay. */
import { RpiError } from '../errors.ts';
import type { EventBody } from '../runs/event.ts';
import type { ProjectContext } from '../runs/operation.ts';
import type { HostVariable } from './edit.ts';
import type { InventoryHost } from './host.ts';
import type { HostChange } from './plan.ts';
import type { Twins } from './recognise.ts';

export type Merge = {
  readonly changes: readonly HostChange[];
  /** Names of the hosts that go. */
  readonly removed: readonly string[];
  /** What the merge does not carry over, a sentence each. */
  readonly undone: readonly string[];
};

const NEITHER = 'leave them';

export function* tellTwins(twins: readonly Twins[]): Generator<EventBody> {
  for (const { proof, hosts } of twins) {
    const names = hosts.map(({ name }) => name).join(' and ');
    const says = proof.type === 'serial' ? 'serial number' : 'MAC';
    yield {
      kind: 'check',
      name: 'one Pi, two hosts',
      status: 'warning',
      detail: `${names} have the ${says} ${proof.value}`,
      why: 'Ansible would work on it twice at once, and a reinstall would be counted twice.',
      remedy: 'Run rpi inventory sync in a terminal to merge them, or remove one by hand.',
    };
  }
}

/** Shows the twins and asks about each. Nobody there to answer, or a dry run: they are left. */
export async function* settleTwins(
  twins: readonly Twins[],
  context: ProjectContext,
): AsyncGenerator<EventBody, Merge[]> {
  yield* tellTwins(twins);
  if (context.dryRun) return [];
  const merges: Merge[] = [];
  for (const { proof, hosts } of twins) {
    const kept = await askWhichStays(proof.value, hosts, context);
    if (kept !== undefined)
      merges.push(
        mergeInto(
          kept,
          hosts.filter((host) => host !== kept),
        ),
      );
  }
  return merges;
}

async function askWhichStays(
  proof: string,
  hosts: readonly InventoryHost[],
  context: ProjectContext,
): Promise<InventoryHost | undefined> {
  try {
    const answer = await context.ask({
      type: 'choice',
      text: `${hosts.map(({ name }) => name).join(' and ')} are one Pi (${proof}). Which name stays?`,
      detail: hosts.map(({ name, groups }) => `${name}: in ${groups.join(', ')}`).join('\n'),
      choices: [...hosts.map(({ name }) => name), NEITHER],
    });
    return hosts.find(({ name }) => name === answer);
  } catch (error) {
    if (RpiError.is(error, 'answer.needed')) return undefined;
    throw error;
  }
}

/** The one that stays gets what only the others have, as far as that is simple values. */
export function mergeInto(kept: InventoryHost, others: readonly InventoryHost[]): Merge {
  const vars: Record<string, HostVariable> = {};
  const undone: string[] = [];
  for (const other of others) {
    for (const [name, value] of Object.entries(other.variables)) {
      if (name in kept.variables || name in vars || name === 'ansible_host') continue;
      if (isSimple(value)) vars[name] = value;
      else undone.push(`${name} of ${other.name} was not carried over to ${kept.name}`);
    }
    for (const group of other.groups) {
      if (group === 'ungrouped' || kept.groups.includes(group)) continue;
      undone.push(`${kept.name} is not in ${group}, where ${other.name} was`);
    }
  }
  const macs = [...new Set([kept, ...others].flatMap((host) => host.macs))];
  const removed = others.map(({ name }) => name);
  return {
    changes: [
      ...removed.map((host): HostChange => ({ type: 'remove', host })),
      { type: 'set', host: kept.name, vars: { ...vars, rpi_macs: macs } },
    ],
    removed,
    undone,
  };
}

function isSimple(value: unknown): value is HostVariable {
  if (Array.isArray(value)) return value.every((item) => !Array.isArray(item) && isSimple(item));
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
