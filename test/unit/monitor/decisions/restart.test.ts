import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { restore } from '../../../../core/monitor/decisions/apply.ts';
import { step } from '../../../../core/monitor/decisions/engine.ts';
import {
  beginRemedy,
  endRemedy,
  orphanedActs,
  pendingActs,
} from '../../../../core/monitor/decisions/proposals.ts';
import type { MonitorRecord } from '../../../../core/monitor/decisions/record.ts';
import { memoryOf, newEngine, type EngineState } from '../../../../core/monitor/decisions/state.ts';
import type { Tick } from '../../../../core/monitor/decisions/tick.ts';
import { failing, policyOf, run, seen, START, tickAt, type Condition } from './world.ts';

const POLICY = policyOf({
  limits: { cool_down: 5, per_hour: 4, unhealthy: 67, canary: false, at_once: 2 },
});

/** Long stretches of one condition, as Pis have them. */
const stretches = fc
  .array(
    fc.tuple(fc.constantFrom<Condition>('good', 'ill', 'gone'), fc.integer({ min: 1, max: 25 })),
    {
      minLength: 2,
      maxLength: 4,
    },
  )
  .map((parts) => parts.flatMap(([condition, count]) => Array<Condition>(count).fill(condition)));

const ticksOf = (a: readonly Condition[], b: readonly Condition[]): Tick[] =>
  Array.from({ length: 45 }, (_, number) =>
    tickAt(number, [
      seen('a', a[number] ?? 'ill'),
      seen('b', b[number] ?? 'good'),
      seen('c', 'good'),
    ]),
  );

class Killed extends Error {}

/**
 * A loop that writes each line before it goes on, and is killed after so many lines; what it did
 * to Pis stays done.
 */
function loop(ticks: readonly Tick[], journal: MonitorRecord[], done: string[], killAfter: number) {
  const write = (records: readonly MonitorRecord[]): void => {
    for (const each of records) {
      if (journal.length >= killAfter) throw new Killed();
      journal.push(each);
    }
  };
  const now = ticks[0]?.at ?? START;
  let state: EngineState = restore(journal, now);
  for (const { id } of orphanedActs(state.durable)) {
    const ended = endRemedy(state, id, { status: 'interrupted', summary: '', at: now });
    write(ended.records);
    state = ended.state;
  }
  for (const [index, tick] of ticks.entries()) {
    const next = step(state, tick, POLICY);
    reached = index;
    write(next.records);
    state = next.state;
    for (const { id } of pendingActs(state.durable)) {
      const begun = beginRemedy(state, id, tick.at);
      write(begun.records);
      state = begun.state;
      if (!begun.records.some(({ kind }) => kind === 'remedy.started')) continue;
      done.push(id);
      const ended = endRemedy(state, id, { status: 'ok', summary: '', at: tick.at });
      write(ended.records);
      state = ended.state;
    }
  }
}
let reached = 0;

describe('the engine', () => {
  it('decides the same from the same inputs, also when its state went through JSON', () => {
    fc.assert(
      fc.property(stretches, stretches, (a, b) => {
        let one = newEngine(START);
        let other = newEngine(START);
        for (const tick of ticksOf(a, b)) {
          const first = step(one, tick, POLICY);
          const second = step(other, tick, POLICY);
          if (JSON.stringify(second.records) !== JSON.stringify(first.records)) {
            expect(second.records).toEqual(first.records);
          }
          one = first.state;
          const { durable } = second.state;
          other = {
            ...second.state,
            durable: JSON.parse(JSON.stringify(durable)) as typeof durable,
          };
        }
      }),
      { numRuns: 3 },
    );
  });

  it('knows after a restart what it knew before, from whole journals as from snapshots', () => {
    fc.assert(
      fc.property(stretches, stretches, (a, b) => {
        let state = newEngine(START);
        const journal: MonitorRecord[] = [];
        for (const [number, tick] of ticksOf(a, b).entries()) {
          const at = number < 20 ? tick.at : tick.at + 86_400_000;
          const next = step(state, { ...tick, at }, POLICY);
          state = next.state;
          journal.push(...next.records);
        }
        const last = journal.at(-1);
        const snapshot = journal.findLastIndex(({ kind }) => kind === 'decision.snapshot');
        expect(snapshot).toBeGreaterThan(0);
        const now = Date.parse(last?.at ?? '');
        const strip = (from: EngineState): unknown =>
          JSON.parse(JSON.stringify({ ...from.durable, time: 0, at: 0 }));
        const lines = JSON.parse(JSON.stringify(journal)) as MonitorRecord[];
        expect(strip(restore(lines, now))).toEqual(strip(state));
        expect(strip(restore(lines.slice(snapshot), now))).toEqual(strip(state));
      }),
      { numRuns: 3 },
    );
  });

  it('writes a snapshot at the first look of another day, also when it was started on it', () => {
    const now = START + 86_400_000;
    const restored = restore(run(failing('ill', 3), POLICY).records, now);
    const { records } = step(restored, { ...tickAt(0, [seen('a', 'good')]), at: now }, POLICY);
    expect(records.map(({ kind }) => kind)).toContain('decision.snapshot');
  });

  it('writes nothing of a Pi that only words it differently each time', () => {
    const ticks = Array.from({ length: 30 }, (_, n) =>
      tickAt(n, [seen('a', 'ill', { notes: [`answers ${n}`] })]),
    );
    const { records } = run(ticks, policyOf({ mode: 'off' }));
    expect(records.filter(({ kind }) => kind === 'decision.seen')).toHaveLength(1);
  });

  it('goes on in time over a restart, also when the clock was set back meanwhile', () => {
    const { state, records } = run(failing('ill', 10), POLICY);
    const { time } = state.durable;
    expect(restore(records, START + 9000 + 3_600_000).durable.time).toBeGreaterThan(time + 3e6);
    expect(restore(records, START - 86_400_000).durable.time).toBeLessThanOrEqual(time);
    expect(restore(records, START - 86_400_000).durable.time).toBeGreaterThan(START);
  });

  it('begins no remedy that came too late: the Pi is well again, or nobody can judge', () => {
    const { state } = run(failing('ill', 9), POLICY);
    const [decided] = pendingActs(state.durable);
    const id = decided?.id ?? '';
    const { hosts, ...durable } = state.durable;
    const kinds = (known: EngineState['durable']): string[] =>
      beginRemedy({ ...state, durable: known }, id, START).records.map(({ kind }) => kind);
    expect(kinds(state.durable)).toEqual(['remedy.started']);
    const well = { ...hosts, a: { ...memoryOf(state.durable, 'a'), state: 'healthy' as const } };
    expect(kinds({ ...durable, hosts: well })).toEqual(['remedy.finished']);
    expect(kinds({ ...state.durable, self: { ok: false, why: '' } })).toEqual(['remedy.finished']);
    expect(kinds({ ...state.durable, time: durable.time + 700_000 })).toEqual(['remedy.finished']);
  });

  it('killed at any line and started again loses no remedy and repeats none', () => {
    fc.assert(
      fc.property(stretches, stretches, fc.integer({ min: 1, max: 40 }), (a, b, cut) => {
        const ticks = ticksOf(a, b);
        const journal: MonitorRecord[] = [];
        const done: string[] = [];
        try {
          loop(ticks, journal, done, cut);
        } catch (error) {
          if (!(error instanceof Killed)) throw error;
          loop(ticks.slice(reached), journal, done, Number.POSITIVE_INFINITY);
        }
        expect(new Set(done).size).toBe(done.length);
        const ids = (kind: MonitorRecord['kind'], verdict?: string): string[] =>
          journal.flatMap((each) =>
            each.kind === kind &&
            'id' in each &&
            (verdict === undefined || ('verdict' in each && each.verdict === verdict))
              ? [each.id]
              : [],
          );
        const decided = ids('decision.made', 'act');
        expect(new Set(decided).size).toBe(decided.length);
        // Every one that was decided has exactly one end, and what was done was announced.
        expect(ids('remedy.finished').sort()).toEqual(decided.sort());
        expect(ids('remedy.started')).toEqual(expect.arrayContaining(done));
        const sameHour =
          decided.length - ids('remedy.finished').filter((id) => !done.includes(id)).length;
        expect(sameHour).toBeLessThanOrEqual(POLICY.remedies.limits.per_hour);
      }),
      { numRuns: 15 },
    );
  });
});
