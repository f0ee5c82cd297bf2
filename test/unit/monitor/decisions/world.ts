/** A fleet in memory: ticks to feed the engine with, and what a loop does with its decisions. */
import { policySchema, type Policy } from '../../../../core/project/monitor-policy.ts';
import { step } from '../../../../core/monitor/decisions/engine.ts';
import type { Change } from '../../../../core/monitor/decisions/ledger.ts';
import type { MonitorRecord } from '../../../../core/monitor/decisions/record.ts';
import { newEngine, type EngineState } from '../../../../core/monitor/decisions/state.ts';
import type { Look, Tick } from '../../../../core/monitor/decisions/tick.ts';

export const START = Date.UTC(2026, 10, 22, 8);

/** Short windows: an interval is a second. */
export const policyOf = (remedies: object = {}, detection: object = {}): Policy =>
  policySchema.parse({
    interval: 1,
    detection: { settle: 2, ...detection },
    remedies: {
      mode: 'auto',
      ladder: [
        { do: 'reboot', after: 5, tries: 2 },
        { do: 'reinstall', after: 10, tries: 2, mode: 'auto' },
      ],
      healthy_for: 10,
      ...remedies,
    },
  });

const UP = { neighbour: 'yes', tcp22: 'yes', ssh: 'yes', vitals: 'yes' } as const;
export const LOOKS = {
  good: UP,
  ill: { ...UP, checks: 'no' },
  hung: { ...UP, ssh: 'no', vitals: 'no' },
  gone: { neighbour: 'no', tcp22: 'no', ssh: 'no', vitals: 'no' },
  unclear: { tcp22: 'no' },
} as const;
export type Condition = keyof typeof LOOKS;

export const seen = (host: string, condition: Condition, more: Partial<Look> = {}): Look => ({
  host,
  groups: [],
  signals: LOOKS[condition],
  witnesses: [],
  pressure: [],
  identity: 'same',
  notes: [],
  ...more,
});

export const names = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `pi${index + 1}`);

/** Interval `number`, a second each. */
export const tickAt = (number: number, hosts: readonly Look[], more: Partial<Tick> = {}): Tick => ({
  at: START + number * 1000,
  monotonic: number * 1000,
  self: { link: 'yes', gateway: 'yes' },
  imageReady: true,
  hosts: [...hosts],
  ...more,
});

/** Runs the engine over ticks; no remedy is begun. */
export function run(
  ticks: readonly Tick[],
  policy: Policy,
  from: EngineState = newEngine(START),
): Change {
  return ticks.reduce<Change>(
    ({ state, records }, tick) => {
      const next = step(state, tick, policy);
      return { state: next.state, records: [...records, ...next.records] };
    },
    { state: from, records: [] },
  );
}

/** `a` failing among so many healthy ones, for so many intervals. */
export const failing = (
  condition: Condition,
  intervals: number,
  more: Partial<Look> = {},
  others = 9,
): Tick[] =>
  Array.from({ length: intervals }, (_, number) =>
    tickAt(number, [
      seen('a', condition, more),
      ...names(others).map((name) => seen(name, 'good')),
    ]),
  );

export const made = (
  records: readonly MonitorRecord[],
): Extract<MonitorRecord, { kind: 'decision.made' }>[] =>
  records.filter((each) => each.kind === 'decision.made');

/** “a reboot act”, “a reinstall refuse: fleet” … */
export const said = (records: readonly MonitorRecord[]): string[] =>
  made(records).map(({ host, remedy, verdict, reasons }) =>
    [`${host} ${remedy} ${verdict}`, ...reasons.map(({ code }) => code)].join(' '),
  );

export const states = (records: readonly MonitorRecord[]): string[] =>
  records.flatMap((each) =>
    each.kind === 'decision.state'
      ? [`${each.host} ${each.to}${each.what === undefined ? '' : ` ${each.what}`}`]
      : [],
  );
