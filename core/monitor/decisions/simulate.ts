/** What another policy would have done: recorded looks, replayed through the same engine. */
import type { Policy } from '../../project/monitor-policy.ts';
import { step } from './engine.ts';
import { beginRemedy, endRemedy, pendingActs } from './proposals.ts';
import type { MonitorRecord, RecordOf } from './record.ts';
import { recordedTicks } from './recorded.ts';
import { newEngine, type EngineState } from './state.ts';

export type Simulation = {
  /** ISO 8601, UTC; undefined where nothing was recorded. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly pis: number;
  /** What it would have judged and decided. */
  readonly records: readonly MonitorRecord[];
  /** What was decided then. */
  readonly recorded: readonly RecordOf<'decision.made'>[];
};

/**
 * Replays the looks among the records. A remedy is taken as done at once and changes nothing of what
 * was recorded: whether it would have helped nobody can know. Proposals wait for their end.
 */
export function simulate(records: readonly MonitorRecord[], policy: Policy): Simulation {
  const out: MonitorRecord[] = [];
  const pis = new Set<string>();
  let state: EngineState | undefined;
  let first: number | undefined;
  let last: number | undefined;
  for (const { tick, news } of recordedTicks(records, policy.interval * 1000)) {
    first ??= tick.at;
    last = tick.at;
    for (const { host } of tick.hosts) pis.add(host);
    state ??= newEngine(tick.at);
    if (!news && isQuiet(state)) continue;
    const next = step(state, tick, policy);
    state = next.state;
    out.push(...next.records);
    for (const { id } of pendingActs(state.durable)) {
      const begun = beginRemedy(state, id, tick.at);
      const ended = endRemedy(begun.state, id, { status: 'ok', summary: 'simulated', at: tick.at });
      state = ended.state;
      out.push(...begun.records, ...ended.records);
    }
  }
  return {
    from: first === undefined ? undefined : new Date(first).toISOString(),
    to: last === undefined ? undefined : new Date(last).toISOString(),
    pis: pis.size,
    records: out,
    recorded: records.filter((each) => each.kind === 'decision.made'),
  };
}

/** One more look that is the same would change nothing but the time. */
function isQuiet({ durable }: EngineState): boolean {
  return (
    durable.proposals.length === 0 &&
    Object.values(durable.hosts).every(({ state, open }) => state === 'healthy' && !open)
  );
}
