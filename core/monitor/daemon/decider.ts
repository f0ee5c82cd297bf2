/**
 * The decision engine beside the watching loop: every interval is judged, and whatever changes is
 * journaled before anybody is told and before anything is done.
 */
import type { Config } from '../../project/config.ts';
import type { Policy, Remedy } from '../../project/monitor-policy.ts';
import { restore } from '../decisions/apply.ts';
import { hostsDueFor } from '../decisions/decide.ts';
import { step } from '../decisions/engine.ts';
import type { Change } from '../decisions/ledger.ts';
import type { Durable, EngineState } from '../decisions/state.ts';
import type { MonitorRecord } from '../decisions/record.ts';
import { readSinceSnapshot } from '../decisions/recorded.ts';
import { tickOf, type HostFacts, type Tick } from '../decisions/tick.ts';
import { warnings } from '../judge.ts';
import { appendRecords } from '../watch/journal.ts';
import type { Interval, Observation } from '../watch/observation.ts';

type Limits = Config['monitor'];

export type Decider = {
  /**
   * Judges one interval; `facts` is what is known of Pis beside it. Throws `file.*` when what is
   * decided can't be journaled; then nothing is decided.
   */
  readonly take: (interval: Interval, facts?: readonly ReadonlyMap<string, HostFacts>[]) => void;
  /** A change between two looks; gives what was written of it. Throws as take. */
  readonly change: (make: (state: EngineState) => Change) => readonly MonitorRecord[];
  /** What was written since this was asked last: people are to be told. */
  readonly news: () => readonly MonitorRecord[];
  readonly state: () => EngineState;
  readonly known: () => Durable;
  /** The Pis whose next remedy this is. */
  readonly dueFor: (remedy: Remedy) => readonly string[];
  /** The last interval that was judged. */
  readonly last: () => { readonly tick: Tick; readonly policy: Policy } | undefined;
};

/** Goes on where the journal in `folder` ends; `now` is milliseconds since the epoch. */
export async function createDecider(folder: string, limits: Limits, now: number): Promise<Decider> {
  const { interval, detection, remedies } = limits;
  const policy: Policy = { interval, detection, remedies };
  let state = restore(await readSinceSnapshot(folder, now), now);
  let last: Tick | undefined;
  let untold: MonitorRecord[] = [];
  const commit = ({ state: next, records }: Change): readonly MonitorRecord[] => {
    if (records.length > 0) appendRecords(folder, records, { durable: true });
    state = next;
    untold.push(...records);
    return records;
  };
  return {
    take: (seen, facts = []) => {
      const hosts = new Map(
        seen.hosts.map((each) => [
          each.host,
          facts.reduce<HostFacts>(
            (known, of) => ({ ...known, ...of.get(each.host) }),
            factsOf(each, limits),
          ),
        ]),
      );
      const tick = tickOf(seen, { imageReady: false, hosts });
      commit(step(state, tick, policy));
      last = tick;
    },
    change: (make) => commit(make(state)),
    news: () => {
      const told = untold;
      untold = [];
      return told;
    },
    state: () => state,
    known: () => state.durable,
    dueFor: (remedy) => (last === undefined ? [] : hostsDueFor(remedy, state, last, policy)),
    last: () => (last === undefined ? undefined : { tick: last, policy }),
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
