/** The rows of the monitor page: the fleet's Pis with their last measurements. */
import type { Fleet, FleetPi, PiState } from '../fleet/fleet.ts';
import { readingsOf, type Readings } from './readings.ts';

/** What the page tells apart; `warning` is a Pi that answers and is not as it should be. */
export type RowState = 'healthy' | 'warning' | Exclude<PiState, 'reachable'>;

export type FleetRow = {
  readonly name: string;
  readonly address: string;
  readonly groups: readonly string[];
  readonly state: RowState;
  /** Why it is not healthy, and what to do; empty for a healthy one. */
  readonly notes: readonly string[];
  readonly model: string | undefined;
  readonly os: string | undefined;
  readonly readings: Readings;
  /** Packages that could be upgraded, in words, where a monitor watches and there are some. */
  readonly updates?: string | undefined;
  /** When it was measured; ISO 8601, UTC. */
  readonly measuredAt: string | undefined;
};

/** A row a Pi, in the order of names. */
export function fleetRows(fleet: Fleet): FleetRow[] {
  return [...fleet.pis.values()]
    .map(rowOf)
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

function rowOf(pi: FleetPi): FleetRow {
  const { name, address, groups, model, os, vitalsAt } = pi;
  const notes = [...(pi.reason === undefined ? [] : [pi.reason]), ...remedyOf(pi), ...pi.warnings];
  return {
    name,
    address,
    groups,
    state: stateOf(pi),
    notes,
    model,
    os,
    readings: readingsOf(pi.vitals ?? {}),
    measuredAt: vitalsAt,
  };
}

function remedyOf({ error }: FleetPi): string[] {
  return error?.remedy === undefined ? [] : [error.remedy];
}

function stateOf({ state, warnings }: FleetPi): RowState {
  if (state !== 'reachable') return state;
  return warnings.length > 0 ? 'warning' : 'healthy';
}
