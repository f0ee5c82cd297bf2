/** How a Pi's state looks and reads: icon, theme colour, words. */
import type { FleetFault, FleetPi, PiState } from '../../core/fleet/fleet.ts';

export type Look = {
  /** A codicon. */
  readonly icon: string;
  /** A theme colour; undefined is the colour of text. */
  readonly color: string | undefined;
  /** For people who hear the view. */
  readonly words: string;
};

const STATES: Readonly<Record<PiState, Look>> = {
  unknown: { icon: 'circle-outline', color: 'disabledForeground', words: 'not heard of yet' },
  reachable: { icon: 'pass-filled', color: 'testing.iconPassed', words: 'reachable' },
  locked: { icon: 'lock', color: 'list.errorForeground', words: 'locked: it refuses us' },
  'needs-key': { icon: 'key', color: 'list.warningForeground', words: 'needs our key: enroll it' },
  failing: { icon: 'error', color: 'testing.iconFailed', words: 'failing' },
  installing: { icon: 'sync~spin', color: 'charts.blue', words: 'is being installed' },
};

/** A Pi that is reachable and not well is a warning. */
export function lookOf(pi: FleetPi): Look {
  const look = STATES[pi.state];
  if (pi.state !== 'reachable' || pi.warnings.length === 0) return look;
  const words = `reachable, ${pi.warnings.join(', ')}`;
  return { icon: 'warning', color: 'list.warningForeground', words };
}

const SOURCES: Readonly<Record<FleetFault['source'], string>> = {
  config: 'rpi.yml is wrong',
  inventory: 'The inventory can’t be read',
  sightings: 'What was detected can’t be read',
  runs: 'The runs can’t be read',
};

export function titleOfFault({ source }: FleetFault): string {
  return SOURCES[source];
}
