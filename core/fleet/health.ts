/** The fleet in one line: for a status bar and a badge. */
import type { Fleet, FleetPi } from './fleet.ts';
import { STATE_WORDS } from './state-words.ts';

export type FleetHealth = {
  /** Pis of the inventory. */
  readonly total: number;
  /** Reachable, and nothing to complain of. */
  readonly ok: number;
  /** Reachable, or being installed, with something that is not as it should be. */
  readonly warning: number;
  readonly failing: number;
  readonly locked: number;
  readonly needsKey: number;
  readonly unknown: number;
  /** On the network and in no inventory. */
  readonly discovered: number;
  /** As in `6 Pis: 4 healthy, 1 failing, 1 locked`. */
  readonly text: string;
  /** `error`: a Pi fails or is locked, or a source can't be read. */
  readonly level: 'none' | 'ok' | 'warning' | 'error';
};

type Counted = 'ok' | 'warning' | 'failing' | 'locked' | 'needsKey' | 'unknown';

/** As they follow a number, in the order in which they are told. */
export const HEALTH_WORDS: Readonly<Record<Counted, string>> = {
  ok: 'healthy',
  warning: 'warning',
  failing: STATE_WORDS.failing,
  locked: STATE_WORDS.locked,
  needsKey: STATE_WORDS['needs-key'],
  unknown: STATE_WORDS.unknown,
};

/** As in `1 needs a key`, `4 need a key`. */
export function countOf(kind: Counted, count: number): string {
  return `${count} ${kind === 'needsKey' && count > 1 ? 'need a key' : HEALTH_WORDS[kind]}`;
}

const COUNTED: readonly Counted[] = ['ok', 'warning', 'failing', 'locked', 'needsKey', 'unknown'];

export function fleetHealth(fleet: Fleet): FleetHealth {
  const counts: Record<Counted, number> = {
    ok: 0,
    warning: 0,
    failing: 0,
    locked: 0,
    needsKey: 0,
    unknown: 0,
  };
  for (const pi of fleet.pis.values()) counts[kindOf(pi)]++;
  const total = fleet.pis.size;
  const discovered = fleet.discovered.length;
  return {
    total,
    ...counts,
    discovered,
    text: textOf(fleet, counts),
    level: levelOf(fleet, counts),
  };
}

function kindOf({ state, warnings }: FleetPi): Counted {
  switch (state) {
    case 'failing':
    case 'locked':
    case 'unknown':
      return state;
    case 'needs-key':
      return 'needsKey';
    case 'reachable':
    case 'installing':
      return warnings.length > 0 ? 'warning' : 'ok';
  }
}

function textOf(
  { pis, discovered, faults }: Fleet,
  counts: Readonly<Record<Counted, number>>,
): string {
  const parts = COUNTED.filter((kind) => counts[kind] > 0).map((kind) =>
    countOf(kind, counts[kind]),
  );
  const found = discovered.length === 0 ? [] : [`${discovered.length} discovered`];
  if (pis.size === 0) {
    const [fault] = faults;
    return [
      fault === undefined ? 'No Pis yet' : `The ${fault.source} can’t be read`,
      ...found,
    ].join(', ');
  }
  return `${pis.size} Pi${pis.size === 1 ? '' : 's'}: ${[...parts, ...found].join(', ')}`;
}

function levelOf(
  { pis, discovered, faults }: Fleet,
  counts: Readonly<Record<Counted, number>>,
): FleetHealth['level'] {
  if (faults.length > 0 || counts.failing > 0 || counts.locked > 0) return 'error';
  if (counts.warning > 0 || counts.needsKey > 0) return 'warning';
  return pis.size === 0 && discovered.length === 0 ? 'none' : 'ok';
}
