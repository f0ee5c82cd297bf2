/** The events of a run that are kept until its end. */
import type { Event } from '../core/runs/event.ts';

export type KeptEvents = {
  readonly add: (event: Event) => void;
  readonly all: () => readonly Event[];
};

/** The first of them, and always the last, which tells how the run ended. `most`: 1 or more. */
export function createKeptEvents(most: number): KeptEvents {
  const events: Event[] = [];
  return {
    add: (event) => {
      // What a program printed stands in the journal.
      if (event.kind !== 'output') events[Math.min(events.length, most - 1)] = event;
    },
    all: () => events,
  };
}
