/** How a Pi's state looks and reads: icon, theme colour, words. */
import type { FleetFault, FleetPi, PiState } from '../../core/fleet/fleet.ts';
import { STATE_WORDS } from '../../core/fleet/state-words.ts';

export type Look = {
  /** A codicon. */
  readonly icon: string;
  /** A theme colour; undefined is the colour of text. */
  readonly color: string | undefined;
  /** For people who hear the view. */
  readonly words: string;
};

const STATES: Readonly<Record<PiState, Omit<Look, 'words'>>> = {
  unknown: { icon: 'circle-outline', color: 'disabledForeground' },
  reachable: { icon: 'pass-filled', color: 'testing.iconPassed' },
  locked: { icon: 'lock', color: 'list.errorForeground' },
  'needs-key': { icon: 'key', color: 'list.warningForeground' },
  failing: { icon: 'error', color: 'testing.iconFailed' },
  installing: { icon: 'sync~spin', color: 'charts.blue' },
};

/** A Pi that is reachable and not well is a warning. */
export function lookOf(pi: FleetPi): Look {
  const word = STATE_WORDS[pi.state];
  if (pi.state !== 'reachable' || pi.warnings.length === 0) {
    return { ...STATES[pi.state], words: word };
  }
  const words = `${word}, ${pi.warnings.join(', ')}`;
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
