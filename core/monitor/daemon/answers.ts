/** What people answer to the monitor, by its socket. */
import { RpiError } from '../../errors.ts';
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
    answer: ({ proposal, answer, for: seconds = LATER, by, yesWipe }) => {
      const { id, host, remedy } = proposalOf(decider.known(), proposal);
      if (answer === 'approve') mustBeNamed({ id, host, remedy }, yesWipe);
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

/**
 * Who means a reboot must not approve a reinstallation that has taken its place meanwhile: what
 * erases a Pi is approved by its typed name.
 */
function mustBeNamed(
  { id, host, remedy }: Pick<OpenProposal, 'id' | 'host' | 'remedy'>,
  typed: string | undefined,
): void {
  if (remedy !== 'reinstall' || typed === host) return;
  throw new RpiError('input.invalid', `It erases ${host} and installs it anew.`, {
    remedy: `If that is meant: rpi monitor approve ${id} --yes-wipe ${host}`,
  });
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
