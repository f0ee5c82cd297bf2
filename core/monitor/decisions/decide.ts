/** What is to be done about one Pi: the next remedy of the ladder, if nothing holds it back. */
import type { Policy, Remedy, Rung } from '../../project/monitor-policy.ts';
import { duration } from '../../formats/duration.ts';
import { decisionKey } from './apply.ts';
import {
  allowedUnhealthy,
  heldBack,
  isCooling,
  modeOf,
  needsLogin,
  ofBeingIll,
  used,
} from './guards.ts';
import type { Ledger } from './ledger.ts';
import { openProposal, type Beginning } from './proposals.ts';
import type { Inputs } from './record.ts';
import {
  memoryOf,
  NEW_SIGHT,
  type Act,
  type Durable,
  type EngineState,
  type HostMemory,
  type HostSight,
} from './state.ts';
import type { Look, Tick } from './tick.ts';
import type { Reason } from './words.ts';

type Around = { readonly tick: Tick; readonly policy: Policy; readonly ledger: Ledger };

/** Reasons that pass by themselves. */
const PASSING: ReadonlySet<Reason['code']> = new Set([
  'too-early',
  'recovering',
  'cool-down',
  'at-once',
]);

/** Writes at most one decision; one that says the same as the last one is not written again. */
export function decideFor(seen: Look, sight: HostSight, { tick, policy, ledger }: Around): void {
  const known = ledger.known();
  const { host } = seen;
  const memory = memoryOf(known, host);
  const { ladder, limits } = policy.remedies;
  const isUnderWay = known.acts.some((act) => act.host === host && act.ended === undefined);
  if (memory.state !== 'failed' || memory.quarantined || isUnderWay) return;
  const reinstalled = memory.tries['reinstall'] ?? 0;
  const isCoolingDown = isCooling(known, host, policy);
  if (reinstalled >= limits.quarantine) {
    if (isCoolingDown) return;
    const why = `It failed again after ${reinstalled} reinstallation${reinstalled === 1 ? '' : 's'}.`;
    ledger.write({ kind: 'decision.quarantined', host, why });
    return;
  }
  const last = ladder.at(-1);
  if (last === undefined) return;
  const rung = nextRung(ladder, memory, seen);
  if (rung === undefined && isCoolingDown) return;
  const inputs = inputsOf(seen, sight, { tick, policy, known, rung: rung ?? last });
  const decision = { id: ledger.nextId(), host, remedy: (rung ?? last).do, inputs };
  const reasons: Reason[] =
    rung === undefined
      ? [{ code: 'exhausted', text: 'every remedy was tried: a person has to look' }]
      : heldBack({ known, policy, seen, rung, inputs, imageReady: tick.imageReady });
  const proposal = openProposal(known, host, decision.remedy, memory.what);
  if (proposal?.status === 'refused') {
    reasons.push({ code: 'refused-by-person', text: `${proposal.by ?? 'somebody'} refused it` });
  }
  if (proposal?.status === 'snoozed' && (proposal.until ?? 0) > known.time) {
    reasons.push({ code: 'snoozed', text: `${proposal.by ?? 'somebody'} wants to be asked later` });
  }
  if (reasons.length > 0) {
    const verdict = reasons.every(({ code }) => PASSING.has(code)) ? 'wait' : 'refuse';
    const entry = { kind: 'decision.made', verdict, reasons, ...decision } as const;
    if (decisionKey(entry) !== memory.lastDecision) ledger.write(entry);
    return;
  }
  if (inputs.mode === 'auto' || proposal?.status === 'approved') {
    const approved = proposal?.status === 'approved' ? { proposal: proposal.id } : {};
    ledger.write({ kind: 'decision.made', verdict: 'act', reasons, ...decision, ...approved });
  } else if (proposal?.status !== 'open') {
    const expires = known.time + policy.remedies.proposal_expires * 1000;
    ledger.write({ kind: 'decision.made', verdict: 'propose', reasons, ...decision, expires });
  }
}

/**
 * The mildest remedy with tries left that can be done to a Pi as it is; where none can, the mildest
 * with tries left, so that the reason is written.
 */
function nextRung(ladder: readonly Rung[], { tries }: HostMemory, seen: Look): Rung | undefined {
  const left = ladder.filter((rung, index) => {
    const most = ladder
      .slice(0, index + 1)
      .filter((each) => each.do === rung.do)
      .reduce((sum, each) => sum + each.tries, 0);
    return (tries[rung.do] ?? 0) < most;
  });
  return left.find((rung) => seen.signals.ssh === 'yes' || !needsLogin(rung.do)) ?? left[0];
}

/**
 * Every guard rail once more, immediately before a remedy is begun: undefined where it may, else
 * why not. `seen` is the last look; what it takes up itself counts as not taken.
 */
export function mayBegin(state: EngineState, act: Act, tick: Tick, policy: Policy): Beginning {
  const { host, remedy } = act;
  const known = withoutAct(state.durable, act);
  const seen = tick.hosts.find((each) => each.host === host);
  const rung =
    seen === undefined ? undefined : nextRung(policy.remedies.ladder, memoryOf(known, host), seen);
  if (seen === undefined || rung?.do !== remedy) {
    return { held: [`${remedy} is no longer what the ladder says`] };
  }
  const sight = state.sight[host] ?? NEW_SIGHT;
  const inputs = inputsOf(seen, sight, { tick, policy, known, rung });
  const reasons = heldBack({ known, policy, seen, rung, inputs, imageReady: tick.imageReady });
  const held = reasons.map(({ text }) => text);
  if (seen.planned !== undefined) held.push(`${seen.planned} is at work on it`);
  if (inputs.mode !== 'auto' && act.proposal === undefined) held.push('nobody approved it');
  return { held, rung };
}

/** The Pis whose next remedy this is, failing still, and whose policy is not off. */
export function hostsDueFor(
  remedy: Remedy,
  { durable: known }: EngineState,
  tick: Tick,
  policy: Policy,
): string[] {
  return tick.hosts.flatMap((seen) => {
    const memory = memoryOf(known, seen.host);
    const rung = nextRung(policy.remedies.ladder, memory, seen);
    const isDue = memory.state === 'failed' && !memory.quarantined && rung?.do === remedy;
    return isDue && modeOf(seen.groups, policy, rung) !== 'off' ? [seen.host] : [];
  });
}

function withoutAct(known: Durable, act: Act): Durable {
  const memory = memoryOf(known, act.host);
  const tries = { ...memory.tries, [act.remedy]: (memory.tries[act.remedy] ?? 1) - 1 };
  return {
    ...known,
    acts: known.acts.filter(({ id }) => id !== act.id),
    hosts: { ...known.hosts, [act.host]: { ...memory, tries } },
  };
}

type Given = {
  readonly tick: Tick;
  readonly policy: Policy;
  readonly known: Durable;
  readonly rung: Rung;
};

function inputsOf(seen: Look, sight: HostSight, { tick, policy, known, rung }: Given): Inputs {
  const { state, what, why, tries } = memoryOf(known, seen.host);
  const failing = ofBeingIll(seen, rung) ? sight.illFor : sight.failedFor;
  const fleet = tick.hosts.length;
  return {
    state,
    what,
    failedFor: Math.round(failing / 1000),
    mode: modeOf(seen.groups, policy, rung),
    fleet,
    unhealthy: tick.hosts.filter(({ host }) => isUnhealthy(known, host)).length,
    allowed: allowedUnhealthy(fleet, policy.remedies.limits.unhealthy),
    ...used(known, seen.host),
    tries,
    notes: [
      `${what ?? 'failing'} for ${duration(failing)}`,
      ...(why === '' ? [] : [why]),
      ...Object.entries(tries).map(([remedy, count]) => `${remedy}: tried ${count} times`),
    ],
  };
}

/** Also the Pi that is being mended: it is one more that is missing. */
function isUnhealthy(known: Durable, host: string): boolean {
  const { state, open, quarantined } = memoryOf(known, host);
  return state === 'failed' || state === 'suspect' || quarantined || (open && state !== 'healthy');
}
