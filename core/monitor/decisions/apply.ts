/** The journal folded into what the engine knows: the same for a live engine and after a restart. */
import type { MonitorRecord, RecordOf } from './record.ts';
import { around, memoryOf, newEngine } from './state.ts';
import type { Durable, EngineState, HostMemory, Proposal } from './state.ts';

const DAY = 86_400_000;
const FAILURES = 20;

/** Records of hosts that nobody but the one who applies has seen: they may be written to. */
export type Own = WeakSet<Durable['hosts']>;

/**
 * What is known once `entry` was written. With `own`, what was given before in the same row of
 * entries may change: a thousand Pis that fail at once would be copied a thousand times.
 */
export function apply(known: Durable, entry: MonitorRecord, own: Own = new WeakSet()): Durable {
  const next = { ...known, time: Math.max(known.time, entry.time), at: Date.parse(entry.at) };
  switch (entry.kind) {
    case 'decision.snapshot':
      return { ...entry.state, time: next.time, at: next.at };
    case 'decision.self':
      return { ...next, self: { ok: entry.ok, why: entry.why } };
    case 'decision.state':
      return withHost(next, own, entry.host, (memory) => afterChange(memory, entry));
    case 'decision.made':
      return afterDecision(next, entry, own);
    case 'decision.closed':
      return {
        ...withHost(next, own, entry.host, (memory) => ({
          ...memory,
          open: false,
          tries: {},
          lastDecision: '',
        })),
        proposals: next.proposals.filter(({ host }) => host !== entry.host),
        ...(next.canary === entry.host ? { canary: undefined } : {}),
      };
    case 'decision.quarantined':
      return withHost(next, own, entry.host, (memory) => ({ ...memory, quarantined: true }));
    case 'decision.released':
      return {
        ...withHost(next, own, entry.host, (memory) => ({
          ...memory,
          quarantined: false,
          tries: {},
          lastDecision: '',
        })),
        ...(next.canary === entry.host ? { canary: undefined } : {}),
      };
    case 'remedy.started':
      return withAct(next, entry.id, {
        started: entry.time,
        ...(entry.run === undefined ? {} : { run: entry.run }),
      });
    case 'remedy.finished':
      return afterRemedy(next, entry, own);
    case 'proposal.answered':
      return withProposal(next, entry.id, answered(entry));
    case 'proposal.ended':
      return withProposal(next, entry.id, { status: entry.why });
    case 'decision.seen':
    case 'decision.clock':
      return next;
  }
}

/**
 * The engine of a new process, from the journal from its last snapshot on (or all of it). Its time
 * goes on where the journal ends, by the wall clock, and never back.
 */
export function restore(records: readonly MonitorRecord[], now: number): EngineState {
  const first = records[0];
  if (first === undefined) return newEngine(now);
  const empty = { ...newEngine(Date.parse(first.at)).durable, time: first.time };
  const own: Own = new WeakSet();
  const known = records.reduce((before, entry) => apply(before, entry, own), empty);
  const time = known.time + Math.max(0, now - known.at);
  // Its own `at` stays: the first look of another day still writes a snapshot.
  return around({ ...known, time });
}

function afterChange(memory: HostMemory, entry: RecordOf<'decision.state'>): HostMemory {
  const failed = entry.to === 'failed';
  return {
    ...memory,
    state: entry.to,
    what: entry.what,
    why: entry.why,
    open: memory.open || failed,
    failures: failed ? [...memory.failures, entry.time].slice(-FAILURES) : memory.failures,
  };
}

function afterDecision(known: Durable, entry: RecordOf<'decision.made'>, own: Own): Durable {
  const { id, host, remedy, verdict } = entry;
  const next = withHost({ ...known, ids: known.ids + 1 }, own, host, (memory) => ({
    ...memory,
    lastDecision: decisionKey(entry),
    tries:
      verdict === 'act'
        ? { ...memory.tries, [remedy]: (memory.tries[remedy] ?? 0) + 1 }
        : memory.tries,
  }));
  if (verdict === 'propose') {
    const made: Proposal = {
      id,
      host,
      remedy,
      made: entry.time,
      expires: entry.expires ?? entry.time,
      ...(entry.inputs.what === undefined ? {} : { what: entry.inputs.what }),
      evidence: entry.inputs.notes,
      status: 'open',
    };
    // A no to other evidence stays: who comes and goes between two ways to fail must not nag.
    const others = next.proposals.filter(
      (each) =>
        each.host !== host ||
        each.remedy !== remedy ||
        (each.status === 'refused' && each.what !== made.what),
    );
    return { ...next, proposals: [...others, made] };
  }
  if (verdict !== 'act') return next;
  const acts = next.acts.filter(
    (each) => each.ended === undefined || each.decided > known.time - 2 * DAY,
  );
  const { proposal } = entry;
  const approved = proposal === undefined ? {} : { proposal };
  const act = { id, host, remedy, decided: entry.time, ...approved };
  const decided = { ...next, acts: [...acts, act] };
  const done =
    proposal === undefined ? decided : withProposal(decided, proposal, { status: 'done' });
  return remedy === 'reinstall' ? { ...done, canary: host } : done;
}

/** What was never begun, or was turned away, counts as no try, and uses up no approval. */
function afterRemedy(known: Durable, entry: RecordOf<'remedy.finished'>, own: Own): Durable {
  const { id, host, remedy, status } = entry;
  const ended = withAct(known, id, { ended: entry.time, status });
  if (status !== 'dropped' && status !== 'refused') return ended;
  const approved = ended.acts.find((each) => each.id === id)?.proposal;
  const next =
    approved === undefined ? ended : withProposal(ended, approved, { status: 'approved' });
  const back = withHost(next, own, host, (memory) => ({
    ...memory,
    lastDecision: '',
    tries: { ...memory.tries, [remedy]: Math.max(0, (memory.tries[remedy] ?? 0) - 1) },
  }));
  return remedy === 'reinstall' && back.canary === host ? { ...back, canary: undefined } : back;
}

/** Two decisions with the same key say the same. */
export function decisionKey(
  entry: Pick<RecordOf<'decision.made'>, 'remedy' | 'verdict' | 'reasons'>,
): string {
  return [entry.remedy, entry.verdict, ...entry.reasons.map(({ code }) => code)].join(' ');
}

function answered({ answer, by, until }: RecordOf<'proposal.answered'>): Partial<Proposal> {
  if (answer === 'snooze') return { status: 'snoozed', by, until };
  return { status: answer === 'approve' ? 'approved' : 'refused', by };
}

function withHost(
  known: Durable,
  own: Own,
  host: string,
  change: (memory: HostMemory) => HostMemory,
): Durable {
  const memory = change(memoryOf(known, host));
  const hosts = own.has(known.hosts) ? known.hosts : { ...known.hosts };
  own.add(hosts);
  hosts[host] = memory;
  return { ...known, hosts };
}

function withAct(known: Durable, id: string, change: Partial<Durable['acts'][number]>): Durable {
  return {
    ...known,
    acts: known.acts.map((each) => (each.id === id ? { ...each, ...change } : each)),
  };
}

function withProposal(known: Durable, id: string, change: Partial<Proposal>): Durable {
  const proposals = known.proposals.map((each) => (each.id === id ? { ...each, ...change } : each));
  return { ...known, proposals };
}
