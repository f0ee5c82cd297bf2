/** What enrolling learned of the Pis: into the inventory, and what does not fit together. */
import { RpiError } from '../errors.ts';
import type { HostVariables } from '../inventory/edit.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { HostChange } from '../inventory/plan.ts';
import { changeHosts } from '../inventory/update.ts';
import type { EventBody } from '../runs/event.ts';
import type { ProjectContext } from '../runs/operation.ts';
import type { Enrolled, HostEnrollment } from './enroll-host.ts';
import { placements, type Placement } from './placement.ts';

export type Learned = {
  /** Host → the group it was moved to. */
  readonly placed: ReadonlyMap<string, string>;
  /** What could not be written, a sentence each. */
  readonly failures: readonly string[];
};

/**
 * Writes what was learned into the inventory, at once. A host that can't be moved to its group
 * safely stays where it is, with a warning.
 */
export async function* writeLearned(
  inventory: readonly InventoryHost[],
  results: ReadonlyMap<string, HostEnrollment>,
  context: ProjectContext,
): AsyncGenerator<EventBody, Learned> {
  yield* serialFindings(inventory, results);
  const { project } = context;
  const options = { dryRun: false, programs: context };
  const changes = inventoryChanges(inventory, results);
  const moves = placements(inventory, results, project.config.groups);
  try {
    try {
      yield* changeHosts(project, [...changes, ...moves], options);
      return { placed: yield* tellPlaced(moves), failures: [] };
    } catch (error) {
      if (moves.length === 0 || !RpiError.is(error, ...NOT_MOVABLE)) throw error;
    }
    yield* changeHosts(project, changes, options);
    return { placed: yield* placeEach(moves, context), failures: [] };
  } catch (error) {
    if (!RpiError.is(error)) throw error;
    yield { kind: 'log', level: 'error', text: `${error.message}\n${error.remedy ?? ''}` };
    return {
      placed: new Map(),
      failures: [
        'What was learned of the Pis is not in the inventory. Enroll again when it can be written.',
      ],
    };
  }
}

/** Nothing was written then, and what else was learned may be writable without the move. */
const NOT_MOVABLE = [
  'inventory.not-editable',
  'inventory.read-only',
  'inventory.invalid',
  'input.invalid',
] as const;

/** One of the moves is not safe: each by itself. */
async function* placeEach(
  moves: readonly Placement[],
  context: ProjectContext,
): AsyncGenerator<EventBody, ReadonlyMap<string, string>> {
  const placed: Placement[] = [];
  for (const move of moves) {
    try {
      yield* changeHosts(context.project, [move], { dryRun: false, programs: context });
      placed.push(move);
    } catch (error) {
      if (!RpiError.is(error, ...NOT_MOVABLE)) throw error;
      const { host, group } = move;
      yield {
        kind: 'check',
        host,
        name: 'group',
        status: 'warning',
        detail: `${host} was not moved to the group ${group}: ${error.message}`,
        why: 'By the rules of rpi.yml its model belongs there.',
        remedy: `Move it by hand, from ungrouped to ${group}.`,
      };
    }
  }
  return yield* tellPlaced(placed);
}

function* tellPlaced(moves: readonly Placement[]): Generator<EventBody, Map<string, string>> {
  for (const { host, group } of moves) {
    const text = `moved to the group ${group}, by the rules of rpi.yml`;
    yield { kind: 'log', level: 'info', host, text };
  }
  return new Map(moves.map(({ host, group }) => [host, group]));
}

/** Only what the inventory does not say already, by whatever group or file. */
function inventoryChanges(
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
function* serialFindings(
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
