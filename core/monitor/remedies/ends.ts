/** How a remedy ended, from the end of its run. */
import type { Event } from '../../runs/event.ts';

export type RemedyEnd = {
  readonly status: 'ok' | 'failed' | 'interrupted';
  readonly summary: string;
  readonly run?: string;
};

/** A run that was refused has done nothing; it is a try all the same, or it would be tried for ever. */
export function endOfRun({
  run,
  status,
  summary,
  undone,
}: Extract<Event, { kind: 'run.finished' }>): RemedyEnd {
  const said = status === 'ok' ? summary : [summary, ...undone].join(' ');
  const ends = status === 'ok' ? 'ok' : status === 'cancelled' ? 'interrupted' : 'failed';
  return { status: ends, summary: said, run };
}

/** Of a run that could not write its own end. */
export function endOfUntold(run: string, message: string): RemedyEnd {
  return { status: 'failed', summary: `What it did is not known: ${message}`, run };
}
