/**
 * The decision engine beside the watching loop: every interval is judged, and what is decided is
 * journaled before anybody is told. Remedies are not carried out yet, so `auto` counts as
 * `propose`: nothing is decided that nobody would begin.
 */
import type { Config } from '../../project/config.ts';
import type { Policy } from '../../project/monitor-policy.ts';
import { restore } from '../decisions/apply.ts';
import { step } from '../decisions/engine.ts';
import type { Durable } from '../decisions/state.ts';
import type { MonitorRecord } from '../decisions/record.ts';
import { readSinceSnapshot } from '../decisions/recorded.ts';
import { tickOf, type HostFacts } from '../decisions/tick.ts';
import { warnings } from '../judge.ts';
import { appendRecords } from '../watch/journal.ts';
import type { Interval, Observation } from '../watch/observation.ts';

type Limits = Config['monitor'];

export type Decider = {
  /** What was decided. Throws `file.*` when it can't be journaled; then nothing is decided. */
  readonly take: (interval: Interval) => readonly MonitorRecord[];
  readonly known: () => Durable;
};

/** Goes on where the journal in `folder` ends; `now` is milliseconds since the epoch. */
export async function createDecider(folder: string, limits: Limits, now: number): Promise<Decider> {
  let state = restore(await readSinceSnapshot(folder, now), now);
  const policy = proposing(limits);
  return {
    known: () => state.durable,
    take: (interval) => {
      const hosts = new Map(interval.hosts.map((seen) => [seen.host, factsOf(seen, limits)]));
      const changed = step(state, tickOf(interval, { imageReady: false, hosts }), policy);
      if (changed.records.length > 0) appendRecords(folder, changed.records, { durable: true });
      state = changed.state;
      return changed.records;
    },
  };
}

function factsOf(seen: Observation, limits: Limits): HostFacts {
  const kinds = new Set(warnings(seen.vitals ?? {}, limits).map(({ kind }) => kind));
  return {
    groups: seen.groups,
    pressure: (['disk', 'memory'] as const).filter((kind) => kinds.has(kind)),
    planned: seen.planned,
  };
}

function proposing({ interval, detection, remedies }: Limits): Policy {
  const careful = (mode: Policy['remedies']['mode']): Policy['remedies']['mode'] =>
    mode === 'auto' ? 'propose' : mode;
  return {
    interval,
    detection,
    remedies: {
      ...remedies,
      mode: careful(remedies.mode),
      groups: remedies.groups.map((each) => ({ ...each, mode: careful(each.mode) })),
    },
  };
}
