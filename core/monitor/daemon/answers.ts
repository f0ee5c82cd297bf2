/** What people answer to the monitor, by its socket. */
import { answerProposal, proposalOf, release, waitingProposals } from '../decisions/proposals.ts';
import type { Durable } from '../decisions/state.ts';
import type { MonitorAnswers, OpenProposal } from './control.ts';
import type { Decider } from './decider.ts';

/** Seconds until a proposal that was put off without a time is made again. */
const LATER = 3600;

/** Each answer is on the disk before it is confirmed. */
export function answerers(
  decider: Decider,
  now: () => number,
): Pick<MonitorAnswers, 'proposals' | 'answer' | 'release'> {
  return {
    proposals: () => proposalsNow(decider.known()),
    answer: ({ proposal, answer, for: seconds = LATER, by }) => {
      const { id, host, remedy } = proposalOf(decider.known(), proposal);
      const given = answer === 'snooze' ? { answer, for: seconds } : { answer };
      decider.change((state) => answerProposal(state, id, { ...given, by, at: now() }));
      return { id, host, remedy, answer };
    },
    release: ({ host, by }) => {
      decider.change((state) => release(state, host, by, now()));
      return { host };
    },
  };
}

/** What waits for an answer, by the wall clock. */
export function proposalsNow(known: Durable): OpenProposal[] {
  const dateOf = (time: number): string => new Date(known.at + time - known.time).toISOString();
  return waitingProposals(known).map(({ id, host, remedy, made, expires, evidence }) => ({
    id,
    host,
    remedy,
    made: dateOf(made),
    expires: dateOf(expires),
    evidence,
  }));
}
