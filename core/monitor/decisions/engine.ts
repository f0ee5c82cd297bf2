/**
 * The decision engine: `(state, what was seen, policy) → state and records`. Pure: the same inputs
 * give the same decisions. Append the records in their order, durably, before anything is done.
 */
import type { Policy } from '../../project/monitor-policy.ts';
import { decideFor } from './decide.ts';
import { detect, isFlapping, judgeSelf, type Busy } from './detect.ts';
import { openLedger, type Change, type Ledger } from './ledger.ts';
import {
  memoryOf,
  NEW_SIGHT,
  NOTHING_WRITTEN,
  type Durable,
  type EngineState,
  type HostSight,
} from './state.ts';
import type { Look, Tick } from './tick.ts';
import { isStale, withdrawProposals } from './proposals.ts';

/** Milliseconds that the wall clock may be off the steady one between two looks. */
const JUMP = 30_000;
/** Longer than so many intervals without a look: what was seen before says nothing any more. */
const GAP = 10;
/** Milliseconds between two records of what was seen, if nothing changes. */
export const HEARTBEAT = 600_000;
const DAY = 86_400_000;

/** One more interval. */
export function step(state: EngineState, tick: Tick, policy: Policy): Change {
  const { last } = state;
  const passed = last === undefined ? 0 : Math.max(0, tick.monotonic - last.monotonic);
  const interval = policy.interval * 1000;
  // A pause of this machine is no failing of the Pis.
  const elapsed = Math.min(passed, 2 * interval);
  const before = { ...state.durable, time: state.durable.time + passed };
  const ledger = openLedger(before, tick.at);
  const jump = last === undefined ? 0 : tick.at - last.at - passed;
  if (Math.abs(jump) > JUMP) ledger.write({ kind: 'decision.clock', by: Math.round(jump) });
  const isNewDay = Math.floor(tick.at / DAY) !== Math.floor(before.at / DAY);
  const written = writeSeen(
    isNewDay ? { ...state, written: NOTHING_WRITTEN } : state,
    tick,
    ledger,
  );
  const self = judgeSelf(tick.self, tick.hosts);
  if (self.ok !== before.self.ok || (!self.ok && self.why !== before.self.why)) {
    ledger.write({ kind: 'decision.self', ...self });
  }
  // Looks of before this machine lost its way to the Pis say nothing of them now, either.
  const isAnew = passed > GAP * interval || (self.ok && !before.self.ok);
  const known = isAnew ? withoutWindows(state.sight) : state.sight;
  const sight = self.ok ? judgeAll(tick, known, policy, elapsed, ledger) : known;
  tidy(tick, sight, policy, ledger);
  if (self.ok) decideAll(tick, sight, policy, ledger);
  if (isNewDay) ledger.write({ kind: 'decision.snapshot', state: ledger.known() });
  const { at, monotonic } = tick;
  return {
    state: { durable: { ...ledger.known(), at }, sight, last: { at, monotonic }, written },
    records: ledger.records,
  };
}

function judgeAll(
  tick: Tick,
  before: EngineState['sight'],
  policy: Policy,
  elapsed: number,
  ledger: Ledger,
): EngineState['sight'] {
  return Object.fromEntries(
    tick.hosts.map((seen) => {
      const { host } = seen;
      const memory = memoryOf(ledger.known(), host);
      const busy = busyWith(seen, ledger.known());
      const found = detect(memory, before[host], seen, policy.detection, { elapsed, busy });
      if (
        found.state !== memory.state ||
        (found.state === 'failed' && found.what !== memory.what)
      ) {
        const failures = [...memory.failures, ledger.known().time];
        ledger.write({
          kind: 'decision.state',
          host,
          from: memory.state,
          to: found.state,
          what: found.what,
          why: found.why,
          flapping:
            found.state === 'failed' &&
            isFlapping({ ...memory, failures }, policy.detection, ledger.known().time),
        });
      }
      return [host, found.sight];
    }),
  );
}

function busyWith({ host, planned }: Look, known: Durable): Busy | undefined {
  const ours = known.acts.find(
    (act) => act.host === host && act.started !== undefined && act.ended === undefined,
  );
  if (ours !== undefined) return { text: `${ours.remedy} by the monitor`, ours: true };
  return planned === undefined ? undefined : { text: planned, ours: false };
}

/** Cases that are over, remedies nobody began, proposals that no longer stand. */
function tidy(tick: Tick, sight: EngineState['sight'], policy: Policy, ledger: Ledger): void {
  for (const act of ledger.known().acts) {
    if (!isStale(act, ledger.known())) continue;
    const { id, host, remedy } = act;
    const summary = 'It was not begun while it was right to.';
    ledger.write({ kind: 'remedy.finished', id, host, remedy, status: 'dropped', summary });
  }
  withdrawProposals(ledger);
  for (const { host } of tick.hosts) {
    const { open, state } = memoryOf(ledger.known(), host);
    const healthyFor = sight[host]?.healthyFor ?? 0;
    if (open && state === 'healthy' && healthyFor >= policy.remedies.healthy_for * 1000) {
      const why = `It has been healthy for ${Math.round(healthyFor / 1000)} s.`;
      ledger.write({ kind: 'decision.closed', host, why });
    }
  }
}

function decideAll(tick: Tick, sight: EngineState['sight'], policy: Policy, ledger: Ledger): void {
  const hosts = [...tick.hosts].sort((a, b) => (a.host < b.host ? -1 : 1));
  for (const seen of hosts) {
    decideFor(seen, sight[seen.host] ?? NEW_SIGHT, { tick, policy, ledger });
  }
}

function withoutWindows(sight: EngineState['sight']): EngineState['sight'] {
  return Object.fromEntries(
    Object.entries(sight).map(([host, each]): [string, HostSight] => [
      host,
      { ...each, window: [], healthyFor: 0 },
    ]),
  );
}

/** Only what differs from what was written last; now and then without a change, as a sign of life. */
function writeSeen(state: EngineState, tick: Tick, ledger: Ledger): EngineState['written'] {
  const { written } = state;
  const self = JSON.stringify([tick.self, tick.imageReady]);
  const changed = tick.hosts.filter((seen) => {
    const was = Object.hasOwn(written.hosts, seen.host) ? written.hosts[seen.host] : undefined;
    return was === undefined || weightOf(was) !== weightOf(seen);
  });
  const now = Object.fromEntries(tick.hosts.map((seen) => [seen.host, seen]));
  const gone = Object.keys(written.hosts).filter((host) => !Object.hasOwn(now, host));
  const { time } = ledger.known();
  const isDue = time - written.time >= HEARTBEAT;
  if (!isDue && changed.length === 0 && gone.length === 0 && self === written.self) return written;
  ledger.write({
    kind: 'decision.seen',
    self: tick.self,
    imageReady: tick.imageReady,
    full: written.self === '',
    hosts: changed,
    gone,
  });
  return { self, hosts: now, time };
}

/** All but its words: a check that says something else each time must not fill the journal. */
function weightOf(seen: Look): string {
  return JSON.stringify({ ...seen, notes: [] });
}
