/** The guard rails: each may hold a remedy back, and says why. Every one is asked every time. */
import type { Mode, Policy, Remedy, Rung } from '../../project/monitor-policy.ts';
import { isFlapping, judgeLook } from './detect.ts';
import type { Inputs } from './record.ts';
import { memoryOf, type Durable } from './state.ts';
import type { Look } from './tick.ts';
import type { Reason } from './words.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export type Question = {
  readonly known: Durable;
  readonly policy: Policy;
  readonly seen: Look;
  readonly rung: Rung;
  readonly inputs: Inputs;
  readonly imageReady: boolean;
};

/** What this remedy does to everything on the Pi. */
const WIPES: ReadonlySet<Remedy> = new Set(['reinstall']);

type Guard = (question: Question) => Reason | undefined;

/** To add a guard rail, add a line, and its word in words.ts. */
const GUARDS: readonly Guard[] = [
  ({ inputs }) => held(inputs.mode === 'off', 'off', 'the policy is off for it'),
  ({ rung, inputs, seen }) =>
    held(
      inputs.failedFor < rung.after,
      'too-early',
      `${rung.do} comes after ${rung.after} s of ${ofBeingIll(seen, rung) ? 'being ill' : 'failing'}`,
    ),
  ({ known, policy, seen }) =>
    held(
      isFlapping(memoryOf(known, seen.host), policy.detection, known.time),
      'flapping',
      'it comes and goes: a person should look at power, cable and card',
    ),
  ({ inputs }) =>
    held(
      inputs.unhealthy > inputs.allowed,
      'fleet',
      `${inputs.unhealthy} of ${inputs.fleet} Pis are unhealthy, and only ${inputs.allowed} may be: it is something they share`,
    ),
  ({ known, policy, seen }) =>
    held(
      isCooling(known, seen.host, policy),
      'cool-down',
      `the last remedy is given ${policy.remedies.limits.cool_down} s to show its effect`,
    ),
  ({ inputs, policy, known, rung }) => {
    const isWiping = WIPES.has(rung.do) && isRunning(known, rung.do);
    const most = policy.remedies.limits.at_once;
    return held(
      inputs.running >= most || isWiping,
      'at-once',
      isWiping ? 'another Pi is being reinstalled' : `${inputs.running} remedies are under way`,
    );
  },
  budget('hour', 'hour', 'per_hour', 'remedies in the last hour'),
  budget('day', 'day', 'per_day', 'remedies in the last day'),
  budget('host-day', 'hostDay', 'host_per_day', 'remedies of this Pi in the last day'),
  ({ rung, ...rest }) =>
    WIPES.has(rung.do)
      ? budget(
          'reinstalls-day',
          'reinstallsDay',
          'reinstalls_per_day',
          'reinstallations in the last day',
        )({ rung, ...rest })
      : undefined,
  ({ rung, known, policy, seen }) =>
    held(
      WIPES.has(rung.do) &&
        policy.remedies.limits.canary &&
        known.canary !== undefined &&
        known.canary !== seen.host,
      'canary',
      `${known.canary ?? ''}, reinstalled last, has not proved healthy yet`,
    ),
  ({ rung, seen }) =>
    held(
      needsLogin(rung.do) && seen.signals.ssh !== 'yes',
      'no-login',
      `${rung.do} needs a login, and it lets nobody in`,
    ),
  ({ rung, seen }) =>
    held(
      WIPES.has(rung.do) && seen.pressure.length > 0,
      'pressure',
      `it is short of ${seen.pressure.join(' and ')}: no reason to wipe it`,
    ),
  ({ rung, seen }) =>
    held(
      WIPES.has(rung.do) && seen.identity !== 'same',
      'identity',
      seen.identity === 'changed'
        ? 'it is another Pi than the inventory says'
        : 'it is not proved yet that it is the Pi of the inventory, by its serial',
    ),
  ({ rung, seen, imageReady }) =>
    held(
      WIPES.has(rung.do) && !(seen.imageReady ?? imageReady),
      'image',
      'the checks before an installation do not pass, or were not made yet (rpi install preflight)',
    ),
];

/** Every reason to hold the remedy back; none: it may go on. */
export function heldBack(question: Question): Reason[] {
  const reasons = GUARDS.map((guard) => guard(question)).filter((reason) => reason !== undefined);
  if (reasons.length > 0) return reasons;
  // Who plugs a Pi in after an hour wants it neither restarted nor erased the moment it answers.
  const { seen, policy } = question;
  const isBack = judgeLook(seen, policy.detection).verdict === 'good';
  const text = 'the last look at it was good: it may be healthy again';
  return isBack ? [{ code: 'recovering', text }] : [];
}

/** A Pi that was away and is back has only just begun to be ill: that time counts, where a login is needed. */
export function ofBeingIll({ signals }: Look, rung: Rung): boolean {
  return signals.ssh === 'yes' && needsLogin(rung.do);
}

/** Whether the last remedy of a Pi may still show its effect, or who turned it away is still there. */
export function isCooling(known: Durable, host: string, { remedies }: Policy): boolean {
  const since = known.time - remedies.limits.cool_down * 1000;
  return known.acts.some(
    (act) => act.host === host && act.status !== 'dropped' && (act.ended ?? act.decided) > since,
  );
}

/** Only switching the power off and on does without. */
export function needsLogin(remedy: Remedy): boolean {
  return remedy !== 'power-cycle';
}

/**
 * The most careful mode of the groups that have one, else the one for all, and never bolder than
 * that of the remedy itself: what wipes a Pi is `auto` only where the ladder says so of it.
 */
export function modeOf(groups: readonly string[], { remedies }: Policy, rung: Rung): Mode {
  const ofGroups = remedies.groups
    .filter(({ group }) => group === 'all' || groups.includes(group))
    .map(({ mode }) => mode);
  const modes = [
    ...(ofGroups.length === 0 ? [remedies.mode] : ofGroups),
    rung.mode ?? (WIPES.has(rung.do) ? 'propose' : 'auto'),
  ];
  if (modes.includes('off')) return 'off';
  return modes.includes('propose') ? 'propose' : 'auto';
}

/** How many Pis may be unhealthy: the share rounded down, at least one. */
export function allowedUnhealthy(fleet: number, percent: number): number {
  return Math.max(1, Math.floor((fleet * percent) / 100));
}

/** Budgets used up, by the engine's own time: a clock that jumps frees none. */
export function used(
  known: Durable,
  host: string,
): Pick<Inputs, 'running' | 'hour' | 'day' | 'hostDay' | 'reinstallsDay'> {
  const acts = known.acts.filter(({ status }) => status !== 'dropped' && status !== 'refused');
  const lately = (span: number): typeof acts =>
    acts.filter(({ decided }) => decided > known.time - span);
  const day = lately(DAY);
  return {
    running: acts.filter(({ ended }) => ended === undefined).length,
    hour: lately(HOUR).length,
    day: day.length,
    hostDay: day.filter((each) => each.host === host).length,
    reinstallsDay: day.filter(({ remedy }) => WIPES.has(remedy)).length,
  };
}

function budget(
  code: Reason['code'],
  input: 'hour' | 'day' | 'hostDay' | 'reinstallsDay',
  limit: 'per_hour' | 'per_day' | 'host_per_day' | 'reinstalls_per_day',
  what: string,
): Guard {
  return ({ inputs, policy }) =>
    held(
      inputs[input] >= policy.remedies.limits[limit],
      code,
      `${inputs[input]} ${what}: the budget is used up`,
    );
}

function isRunning({ acts }: Durable, remedy: Remedy): boolean {
  return acts.some((each) => each.remedy === remedy && each.ended === undefined);
}

function held(so: boolean, code: Reason['code'], text: string): Reason | undefined {
  return so ? { code, text } : undefined;
}
