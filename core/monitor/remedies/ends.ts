/** How a remedy ended, from what its run told. */
import type { ErrorCode, ErrorReport } from '../../errors.ts';
import type { Event } from '../../runs/event.ts';

export type RemedyEnd = {
  readonly status: 'ok' | 'failed' | 'interrupted' | 'refused';
  readonly summary: string;
  readonly run?: string;
};

/** Somebody else is at work on the Pi, for a while: a run of this machine, or another controller. */
const MOMENTARY: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['lock.held', 'install.held']);

/** Of events that change something on a Pi, or may have. */
const ACTS: ReadonlySet<Event['kind']> = new Set<Event['kind']>(['step.intended', 'ansible.play']);

/**
 * `events`: all of the run. One that was turned away because somebody else had the Pi is `refused`;
 * any other refusal is a try, or it would be tried for ever.
 */
export function endOfRun(
  { run, status, summary, undone, error }: Extract<Event, { kind: 'run.finished' }>,
  events: readonly Event[],
): RemedyEnd {
  if (status === 'ok') return { status, summary, run };
  const why = events.flatMap((event) => errorOf(event)?.message ?? []);
  const advice = error === undefined ? events.flatMap((event) => errorOf(event)?.remedy ?? []) : [];
  const said = [summary, ...why, ...advice, ...undone].join(' ');
  if (!events.some(({ kind }) => ACTS.has(kind))) {
    const held = [error, ...events.map(errorOf)].find(
      (each) => each !== undefined && MOMENTARY.has(each.code),
    );
    if (held !== undefined) return { status: 'refused', summary: held.message, run };
  }
  return { status: status === 'cancelled' ? 'interrupted' : 'failed', summary: said, run };
}

/** Of a run that could not write its own end. */
export function endOfUntold(run: string, message: string): RemedyEnd {
  return { status: 'failed', summary: `What it did is not known: ${message}`, run };
}

function errorOf(event: Event): ErrorReport | undefined {
  return event.kind === 'host.finished' ? event.error : undefined;
}
