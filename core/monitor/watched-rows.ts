/** The rows of the monitor page where a monitor watches the project: what it saw last. */
import type { Fleet } from '../fleet/fleet.ts';
import { fleetRows, type FleetRow, type RowState } from './fleet-rows.ts';
import { readingsOf, updatesText } from './readings.ts';
import type { Observation } from './watch/observation.ts';

/** As fleetRows; a Pi that the monitor does not watch is as the last runs told. */
export function watchedRows(fleet: Fleet, seen: readonly Observation[]): FleetRow[] {
  const byHost = new Map(seen.map((each) => [each.host, each]));
  return fleetRows(fleet).map((row) => {
    const observation = byHost.get(row.name);
    return observation === undefined ? row : watchedRow(row, observation);
  });
}

function watchedRow(row: FleetRow, seen: Observation): FleetRow {
  const { vitals, signs, reasons, error, at } = seen;
  const remedy = error?.remedy;
  const about = {
    ...row,
    state: stateOf(row.state, seen),
    notes: [...reasons, ...(remedy === undefined ? [] : [remedy])],
  };
  // What was measured last still tells something of a Pi that does not answer.
  if (vitals === undefined) return about;
  return {
    ...about,
    model: vitals.model ?? row.model,
    os: vitals.os ?? row.os,
    readings: readingsOf(vitals),
    updates: signs?.updates === undefined ? undefined : updatesText(signs.updates),
    measuredAt: new Date(at).toISOString(),
  };
}

function stateOf(before: RowState, { state }: Observation): RowState {
  if (before === 'installing') return before;
  switch (state) {
    case 'healthy':
    case 'warning':
      return state;
    case 'locked':
      return before === 'needs-key' ? before : state;
    case 'unreachable':
      return 'failing';
  }
}
