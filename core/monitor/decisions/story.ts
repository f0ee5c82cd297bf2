/** The journal as a story: what was seen of a Pi, what was decided, and why. */
import { duration } from '../../formats/duration.ts';
import type { MonitorRecord, RecordOf } from './record.ts';
import type { HostState, Kind } from './words.ts';

export type StoryLine = {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The Pi; undefined for what concerns all of them. */
  readonly about: string | undefined;
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'bad';
};

/** Of one Pi; without a host of all of them, each line with its name. */
export function storyOf(records: readonly MonitorRecord[], host?: string): StoryLine[] {
  return records.flatMap((entry) => {
    if ('host' in entry && host !== undefined && entry.host !== host) return [];
    const told = tell(entry);
    if (told === undefined) return [];
    const [tone, text] = told;
    const about = 'host' in entry ? entry.host : undefined;
    const named = host === undefined && about !== undefined ? `${about}: ${text}` : text;
    return [{ at: entry.at, about, tone, text: named }];
  });
}

type Told = readonly [StoryLine['tone'], string];

function tell(entry: MonitorRecord): Told | undefined {
  switch (entry.kind) {
    case 'decision.seen':
    case 'decision.snapshot':
      return undefined;
    case 'decision.self':
      return entry.ok
        ? ['plain', 'This machine can judge again.']
        : ['bad', `Nothing is judged: ${lower(entry.why)}`];
    case 'decision.clock':
      return [
        'plain',
        `This machine’s clock jumped ${duration(Math.abs(entry.by))} ${entry.by > 0 ? 'forward' : 'back'}; times are counted without it.`,
      ];
    case 'decision.state':
      return ofState(entry);
    case 'decision.made':
      return ofDecision(entry);
    case 'decision.closed':
      return ['good', `The case is closed. ${entry.why}`];
    case 'decision.quarantined':
      return [
        'bad',
        `In quarantine: nothing more is done until a person releases it. ${entry.why}`,
      ];
    case 'decision.released':
      return ['plain', `${entry.by} released it from quarantine.`];
    case 'remedy.started':
      return [
        'plain',
        `Begun: ${entry.remedy}${entry.run === undefined ? '' : ` (run ${entry.run})`}.`,
      ];
    case 'remedy.finished':
      return ofEnd(entry);
    case 'proposal.answered':
      return ['plain', `${entry.by} ${ANSWERED[entry.answer]} the proposal (${entry.id}).`];
    case 'proposal.ended':
      return [
        'plain',
        entry.why === 'expired'
          ? `Nobody answered the proposal (${entry.id}) in time.`
          : `The proposal (${entry.id}) is withdrawn: the Pi is healthy again.`,
      ];
  }
}

const ANSWERED = { approve: 'approved', refuse: 'refused', snooze: 'put off' } as const;

const STATES: Readonly<Record<HostState, string>> = {
  unknown: 'It has to be looked at for a while',
  healthy: 'It is healthy',
  suspect: 'Something may be wrong',
  failed: 'It has failed',
  planned: 'Somebody works on it, so nothing is held against it',
};

const WHAT: Readonly<Record<Kind, string>> = {
  unreachable: 'nothing answers',
  hung: 'the network answers, ssh does not',
  ill: 'it lets us in, but is not well',
};

function ofState({ to, what, why, flapping }: RecordOf<'decision.state'>): Told {
  const details = [...(what === undefined ? [] : [WHAT[what]]), ...(why === '' ? [] : [why])];
  const says =
    to === 'healthy' || details.length === 0 ? '' : `: ${details.join(' – ').replace(/\.$/, '')}`;
  const tone = to === 'healthy' ? 'good' : to === 'failed' ? 'bad' : 'plain';
  const flaps = flapping ? ' It comes and goes.' : '';
  return [tone, `${STATES[to]}${says}.${flaps}`];
}

function ofDecision(entry: RecordOf<'decision.made'>): Told {
  const { remedy, verdict, reasons, inputs, proposal, id } = entry;
  const why = reasons.map(({ text }) => text).join('; ');
  const since = `after ${duration(inputs.failedFor * 1000)} of failing`;
  const numbers = `${inputs.unhealthy} of ${inputs.fleet} Pis unhealthy, ${inputs.allowed} allowed; remedies: ${inputs.hour} in the last hour, ${inputs.day} in the last day`;
  switch (verdict) {
    case 'act':
      return [
        'bad',
        `Decided: ${remedy}, ${since}${proposal === undefined ? '' : `, as approved (${proposal})`} (${numbers}).`,
      ];
    case 'propose':
      return ['bad', `Proposed (${id}): ${remedy}, ${since} (${numbers}).`];
    case 'wait':
      return ['plain', `Waits with ${remedy}: ${why}.`];
    case 'refuse':
      return ['plain', `No ${remedy}: ${why} (${numbers}).`];
  }
}

function ofEnd({ remedy, status, summary, run }: RecordOf<'remedy.finished'>): Told {
  const by = run === undefined ? '' : ` (run ${run})`;
  const says = summary === '' ? '' : ` ${summary}`;
  switch (status) {
    case 'ok':
      return ['good', `Done: ${remedy}${by}.${says}`];
    case 'failed':
      return ['bad', `Failed: ${remedy}${by}.${says}`];
    case 'interrupted':
      return ['bad', `Interrupted: ${remedy}${by}; it is not begun a second time.${says}`];
    case 'refused':
      return ['plain', `Turned away: ${remedy}${by}; it counts as no try.${says}`];
    case 'dropped':
      return ['plain', `Not begun: ${remedy}.${says}`];
  }
}

function lower(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}
