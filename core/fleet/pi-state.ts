/** The state of a Pi of the inventory, from what runs and detection told of it. */
import type { ErrorReport } from '../errors.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { PiState } from './fleet.ts';
import type { HostNews } from './host-news.ts';

export type StateOfPi = {
  readonly state: PiState;
  readonly reason: string | undefined;
  readonly error: ErrorReport | undefined;
};

/** What is known besides the news. Times are ISO 8601, UTC. */
export type Circumstances = {
  /** When it was last seen on the network. */
  readonly seenAt: string | undefined;
  /** The live run that works on it. */
  readonly liveCommand: string | undefined;
};

/** The rules are those of PiState; the first that fits counts. */
export function stateOf(
  host: InventoryHost,
  news: HostNews | undefined,
  { seenAt, liveCommand }: Circumstances,
): StateOfPi {
  if (liveCommand !== undefined && /^(?:install|reinstall)\b/.test(liveCommand)) {
    if (!/^install (?:preflight|plan)\b/.test(liveCommand)) {
      return { state: 'installing', reason: 'It is being installed.', error: undefined };
    }
  }
  return byContact(host, news, seenAt) ?? byWork(news) ?? byKnowledge(host, news, seenAt);
}

/** Where it does not let us in, nothing else matters. */
function byContact(
  host: InventoryHost,
  news: HostNews | undefined,
  seenAt: string | undefined,
): StateOfPi | undefined {
  const contact = news?.contact;
  if (contact === undefined) return undefined;
  const { at, detail, error } = contact;
  switch (contact.contact) {
    case 'in':
      return undefined;
    case 'needs-key':
      return { state: 'needs-key', reason: detail, error };
    case 'locked':
      return { state: 'locked', reason: detail, error };
    case 'refused':
      return { state: isEnrolled(host, news) ? 'locked' : 'needs-key', reason: detail, error };
    case 'unreachable':
      if (seenAt === undefined || seenAt <= at) return { state: 'failing', reason: detail, error };
      return {
        state: 'unknown',
        reason: `It was seen on the network after it had not answered: ${detail}`,
        error,
      };
  }
}

function byWork(news: HostNews | undefined): StateOfPi | undefined {
  const work = news?.work;
  if (work?.status !== 'failed') return undefined;
  return {
    state: 'failing',
    reason: `rpi ${work.command} failed on it: ${work.summary}`,
    error: work.error,
  };
}

function byKnowledge(
  host: InventoryHost,
  news: HostNews | undefined,
  seenAt: string | undefined,
): StateOfPi {
  if (news?.letIn !== undefined) return { state: 'reachable', reason: undefined, error: undefined };
  if (seenAt !== undefined && !isEnrolled(host, news)) {
    const reason = 'It was adopted and not enrolled yet.';
    return { state: 'needs-key', reason, error: undefined };
  }
  const reason = 'Nothing was heard of it yet.';
  return { state: 'unknown', reason, error: undefined };
}

/** Enrolling records the serial; hosts with keys of a person's own have let us in before. */
function isEnrolled(host: InventoryHost, news: HostNews | undefined): boolean {
  return host.serial !== undefined || news?.letIn !== undefined;
}
