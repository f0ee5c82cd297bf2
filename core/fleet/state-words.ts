/** What a Pi's state is called, wherever it is told. */
import type { PiState } from './fleet.ts';

export const STATE_WORDS: Readonly<Record<PiState, string>> = {
  unknown: 'unknown',
  reachable: 'reachable',
  locked: 'locked',
  'needs-key': 'needs a key',
  failing: 'failing',
  installing: 'installing',
};

/** To begin a line with. */
export function stateTitle(state: PiState): string {
  const word = STATE_WORDS[state];
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
