/** Failure detection: what one more look means for a Pi. Pure; knows nothing of remedies. */
import type { Detection } from '../../project/monitor-policy.ts';
import type { Answer } from '../watch/observation.ts';
import { NEW_SIGHT, type HostMemory, type HostSight } from './state.ts';
import { SIGNALS, type Look } from './tick.ts';
import type { HostState, Kind } from './words.ts';

export type Verdict = {
  readonly verdict: 'good' | 'bad' | 'unclear';
  readonly what?: Kind;
  /** In words, for people. */
  readonly why: string;
};

export type Detected = {
  readonly sight: HostSight;
  readonly state: HostState;
  readonly what: Kind | undefined;
  readonly why: string;
};

const SAID = {
  neighbour: 'it is not in the neighbour table',
  tcp22: 'its ssh port does not open',
  ssh: 'ssh does not let us in',
  vitals: 'it gives no measurements',
  checks: 'a check fails',
} as const;

/** Asked in every look, as checks are not. */
const NOW = SIGNALS.filter((signal) => signal !== 'checks');

/** What one look says. One sign alone says nothing, but a check of the project's on an open Pi. */
export function judgeLook(seen: Look, settings: Pick<Detection, 'signals'>): Verdict {
  const { signals } = seen;
  const failing = SIGNALS.filter((signal) => signals[signal] === 'no');
  // Without a login there are no measurements: that says nothing more.
  const told = failing.filter((signal) => signal !== 'vitals' || signals.ssh === 'yes');
  const why = [...told.map((signal) => SAID[signal]), ...seen.notes].join('; ');
  if (signals.ssh === 'yes') {
    if (signals.checks === 'no' || signals.vitals === 'no')
      return { verdict: 'bad', what: 'ill', why };
    return { verdict: 'good', why: 'it lets us in' };
  }
  // Nobody tried to log in: measurements that its exporter gives are as good a sign of life.
  if (signals.ssh !== 'no' && signals.vitals === 'yes' && signals.checks !== 'no') {
    return { verdict: 'good', why: 'it is measured' };
  }
  if (failing.length < settings.signals) return { verdict: 'unclear', why };
  const answers =
    signals.tcp22 === 'yes' || (signals.neighbour === 'yes' && signals.tcp22 !== 'no');
  if (answers) return { verdict: 'bad', what: 'hung', why };
  const witness = seen.witnesses.find(({ sees }) => sees);
  if (witness !== undefined) {
    return { verdict: 'unclear', why: `${witness.host} sees it: the way from here is broken` };
  }
  const others = seen.witnesses.map(({ host }) => host).join(' and ');
  return {
    verdict: 'bad',
    what: 'unreachable',
    why: others === '' ? why : `${why}; ${others} can’t reach it either`,
  };
}

/**
 * One more look. `elapsed`: milliseconds since the last one, as far as they were watched; `busy`:
 * what is done to the Pi now, by us or by others.
 */
export function detect(
  memory: HostMemory,
  sight: HostSight = NEW_SIGHT,
  seen: Look,
  settings: Detection,
  { elapsed, busy }: { readonly elapsed: number; readonly busy: Busy | undefined },
): Detected {
  if (busy !== undefined) {
    const settled = { ...sight, window: [], healthyFor: 0, settling: settings.settle * 1000 };
    // A person's work may have mended it: its time of failing begins anew. Our own only interrupts.
    const kept = busy.ours ? settled : { ...settled, failedFor: 0, illFor: 0 };
    return { sight: kept, state: 'planned', what: undefined, why: busy.text };
  }
  const settling = Math.max(0, sight.settling - elapsed);
  const { verdict, what, why } = judgeLook(seen, settings);
  if (memory.state === 'planned' && settling > 0 && verdict !== 'good') {
    return { sight: { ...sight, settling }, state: 'planned', what: undefined, why: memory.why };
  }
  const window = [...sight.window, verdict].slice(-Math.max(settings.window, settings.recover));
  const state = stateOf(memory.state, window, settings);
  const isFailed = state === 'failed';
  const isHealthy = state === 'healthy';
  const stays = state === memory.state;
  const failing = isFailed && stays ? elapsed : 0;
  return {
    sight: {
      window,
      settling: 0,
      failedFor: isHealthy ? 0 : sight.failedFor + failing,
      illFor: isHealthy ? 0 : sight.illFor + (what === 'ill' ? failing : 0),
      healthyFor: isHealthy && stays ? sight.healthyFor + elapsed : 0,
    },
    state,
    what: isFailed || state === 'suspect' ? (what ?? memory.what) : undefined,
    why: state === memory.state && verdict !== 'bad' ? memory.why : why,
  };
}

export type Busy = { readonly text: string; readonly ours: boolean };

/** Hysteresis: k bad looks of the last n to fail, so many good ones in a row to be healthy. */
function stateOf(from: HostState, window: HostSight['window'], settings: Detection): HostState {
  const bad = window.slice(-settings.window).filter((each) => each === 'bad').length;
  const last = window.slice(-settings.recover);
  const isGood = last.length === settings.recover && last.every((each) => each === 'good');
  if (isGood) return 'healthy';
  if (bad >= settings.failures) return 'failed';
  if (from === 'failed') return 'failed';
  if (bad > 0) return 'suspect';
  return from === 'planned' || from === 'unknown'
    ? 'unknown'
    : from === 'suspect'
      ? 'suspect'
      : from;
}

/** Whether it failed too often of late for a remedy to make sense. `now`: the engine's time. */
export function isFlapping({ failures }: HostMemory, settings: Detection, now: number): boolean {
  const since = now - settings.flap_window * 1000;
  return failures.filter((time) => time > since).length >= settings.flaps;
}

/**
 * Whether this machine can judge anybody: its link, its gateway, who measures for it, and, where
 * there is no gateway to ask, that not everybody is gone at once. Checks don't count: their results may be of before.
 */
export function judgeSelf(
  self: { readonly link: string; readonly gateway: string; readonly source?: string | undefined },
  looks: readonly Look[],
): { readonly ok: boolean; readonly why: string } {
  if (self.link === 'no') return { ok: false, why: 'This machine has no link to the Pis.' };
  if (self.gateway === 'no') return { ok: false, why: 'The gateway does not answer.' };
  if (self.source === 'no') {
    return { ok: false, why: 'Prometheus does not answer: there is nothing to judge by.' };
  }
  const says = (given: Answer): boolean =>
    looks.some((seen) => NOW.some((signal) => seen.signals[signal] === given));
  if (self.gateway === 'unknown' && looks.length > 1 && says('no') && !says('yes')) {
    return {
      ok: false,
      why: 'Nobody answers, and there is no gateway to ask: it may be this machine.',
    };
  }
  return { ok: true, why: '' };
}
