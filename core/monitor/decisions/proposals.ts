/** Proposals and remedies between two looks: answered, begun, ended. Pure. */
import type { Remedy, Rung } from '../../project/monitor-policy.ts';
import { RpiError } from '../../errors.ts';
import { change, type Change, type Ledger } from './ledger.ts';
import type { Kind } from './words.ts';
import { memoryOf, type Act, type Durable, type EngineState, type Proposal } from './state.ts';

/** Milliseconds within which a remedy that was decided must be begun. */
const BEGIN_WITHIN = 600_000;

export type ProposalAnswer =
  | { readonly answer: 'approve' | 'refuse' }
  /** Seconds. */
  | { readonly answer: 'snooze'; readonly for: number };

/** The proposals that wait for somebody, the oldest first. */
export function waitingProposals({ proposals, time }: Durable): Proposal[] {
  return proposals.filter(
    ({ status, until = 0 }) => status === 'open' || (status === 'snoozed' && until <= time),
  );
}

/**
 * What is known of a remedy for a Pi in its present case, unless it is over. One that was refused
 * counts while the Pi fails in the same way: other evidence may be asked about anew.
 */
export function openProposal(
  { proposals }: Durable,
  host: string,
  remedy: Remedy,
  what: Kind | undefined,
): Proposal | undefined {
  const ofIt = proposals.filter((each) => each.host === host && each.remedy === remedy);
  return (
    ofIt.find(({ status }) => ['open', 'approved', 'snoozed'].includes(status)) ??
    ofIt.find((each) => each.status === 'refused' && (each.what ?? what) === what)
  );
}

/**
 * The proposal that somebody means by its id, or by the name of the Pi that it is for. Throws
 * `input.invalid` where there is none, or more than one.
 */
export function proposalOf(known: Durable, named: string): Proposal {
  const byId = known.proposals.find(({ id }) => id === named);
  if (byId !== undefined) return byId;
  const open = known.proposals.filter(
    ({ host, status }) => host === named && ['open', 'snoozed', 'approved'].includes(status),
  );
  const [only, second] = open;
  if (only === undefined) {
    throw new RpiError('input.invalid', `Nothing is proposed for ${named}.`, {
      remedy: 'rpi monitor status lists what is proposed; rpi monitor explain PI tells the story.',
    });
  }
  if (second === undefined) return only;
  throw new RpiError('input.invalid', `Several remedies are proposed for ${named}.`, {
    remedy: `Say which: ${open.map(({ id, remedy }) => `${id} (${remedy})`).join(', ')}.`,
  });
}

/**
 * A person's answer; `by` is who. An approved one still has to pass every guard rail when its turn
 * comes, and until then the approval can be taken back. Throws `input.invalid` where there is nothing to answer.
 */
export function answerProposal(
  state: EngineState,
  id: string,
  given: ProposalAnswer & { readonly by: string; readonly at: number },
): Change {
  const proposal = state.durable.proposals.find((each) => each.id === id);
  const mayBeAnswered: readonly string[] =
    given.answer === 'approve' ? ['open', 'snoozed'] : ['open', 'snoozed', 'approved'];
  if (proposal === undefined || !mayBeAnswered.includes(proposal.status)) {
    const said = proposal === undefined ? 'There is no such proposal' : `It is ${proposal.status}`;
    throw new RpiError('input.invalid', `${said}: ${id}.`, {
      remedy: 'rpi monitor explain PI tells what became of it.',
    });
  }
  const { host } = proposal;
  return change(state, given.at, (ledger) =>
    ledger.write({
      kind: 'proposal.answered',
      id,
      host,
      answer: given.answer,
      by: given.by,
      ...(given.answer === 'snooze' ? { until: state.durable.time + given.for * 1000 } : {}),
    }),
  );
}

/** A person takes a Pi out of quarantine. */
export function release(state: EngineState, host: string, by: string, at: number): Change {
  if (!memoryOf(state.durable, host).quarantined) {
    throw new RpiError('input.invalid', `${host} is not in quarantine.`);
  }
  return change(state, at, (ledger) => ledger.write({ kind: 'decision.released', host, by }));
}

/** What was decided and not begun yet, the oldest first: the loop's work. */
export function pendingActs({ acts }: Durable): Act[] {
  return acts.filter(({ started, ended }) => started === undefined && ended === undefined);
}

/** What speaks against beginning a remedy, sentences; and the step of the ladder that it is. */
export type Beginning = { readonly held: readonly string[]; readonly rung?: Rung | undefined };

/**
 * To be written before the remedy is begun; `run` is the one that will do it, `held` what speaks
 * against it. Where it is no longer right, it is dropped and says so: begin only what has a
 * `remedy.started` among the records.
 */
export function beginRemedy(
  state: EngineState,
  id: string,
  at: number,
  { held = [], run }: { readonly held?: readonly string[]; readonly run?: string } = {},
): Change {
  const { durable } = state;
  const act = pendingActs(durable).find((each) => each.id === id);
  if (act === undefined) return { state, records: [] };
  const { host, remedy } = act;
  const isRight = durable.self.ok && !isStale(act, durable) && held.length === 0;
  return change(state, at, (ledger) => {
    if (isRight) {
      const by = run === undefined ? {} : { run };
      ledger.write({ kind: 'remedy.started', id, host, remedy, ...by });
    } else {
      const why = held.length === 0 ? '' : `: ${held.join('; ')}`;
      const summary = `It was no longer right to${why}.`;
      ledger.write({ kind: 'remedy.finished', id, host, remedy, status: 'dropped', summary });
    }
  });
}

/** The end of a remedy that was begun; one that has ended already stays as it is. */
export function endRemedy(
  state: EngineState,
  id: string,
  end: {
    readonly status: 'ok' | 'failed' | 'interrupted' | 'refused';
    readonly summary: string;
    readonly run?: string;
    readonly at: number;
  },
): Change {
  const { at, ...said } = end;
  const act = state.durable.acts.find((each) => each.id === id);
  if (act?.started === undefined || act.ended !== undefined) return { state, records: [] };
  const { host, remedy } = act;
  return change(state, at, (ledger) =>
    ledger.write({ kind: 'remedy.finished', id, host, remedy, ...said }),
  );
}

/** Begun by a process that is no more: ask their runs what became of them, or end them so. */
export function orphanedActs({ acts }: Durable): Act[] {
  return acts.filter(({ started, ended }) => started !== undefined && ended === undefined);
}

/** The Pi came back by itself, somebody works on it, or the moment has passed. */
export function isStale(act: Act, known: Durable): boolean {
  if (act.started !== undefined || act.ended !== undefined) return false;
  return memoryOf(known, act.host).state !== 'failed' || known.time - act.decided > BEGIN_WITHIN;
}

/** Those of Pis that are healthy again, and those whose time is up. */
export function withdrawProposals(ledger: Ledger): void {
  const { proposals, time } = ledger.known();
  for (const { id, host, status, expires: end, until = 0 } of proposals) {
    if (!['open', 'approved', 'snoozed'].includes(status)) continue;
    const expires = status === 'snoozed' ? Math.max(end, until) : end;
    const isWell = memoryOf(ledger.known(), host).state === 'healthy';
    if (isWell) ledger.write({ kind: 'proposal.ended', id, host, why: 'withdrawn' });
    else if (expires <= time) ledger.write({ kind: 'proposal.ended', id, host, why: 'expired' });
  }
}
