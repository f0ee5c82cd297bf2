import { describe, expect, it } from 'vitest';
import { judgeLook, judgeSelf } from '../../../../core/monitor/decisions/detect.ts';
import type { MonitorRecord } from '../../../../core/monitor/decisions/record.ts';
import { newEngine } from '../../../../core/monitor/decisions/state.ts';
import type { Look, Tick } from '../../../../core/monitor/decisions/tick.ts';
import {
  failing,
  LOOKS,
  policyOf,
  run,
  seen,
  START,
  states,
  tickAt,
  type Condition,
} from './world.ts';

const OFF = policyOf({ mode: 'off' }, { settle: 3 });

/** The states of `a`, one look after the other. */
const after = (conditions: readonly Condition[], policy = OFF): string[] =>
  states(
    run(
      conditions.map((each, number) => tickAt(number, [seen('a', each), seen('b', 'good')])),
      policy,
    ).records,
  ).filter((each) => each.startsWith('a '));

describe('failure detection', () => {
  it('needs several bad looks of the last ones, and so many good ones to be healthy again', () => {
    expect(after(['good', 'good', 'good'])).toEqual(['a healthy']);
    expect(after(['good', 'good', 'good', 'gone', 'good', 'good', 'good'])).toEqual([
      'a healthy',
      'a suspect unreachable',
      'a healthy',
    ]);
    expect(after(['gone', 'gone', 'good', 'gone', 'good', 'good', 'gone', 'good'])).toEqual([
      'a suspect unreachable',
      'a failed unreachable',
    ]);
  });

  it('tells a Pi that is gone from one that hangs and from one whose app is broken', () => {
    for (const [condition, what] of [
      ['gone', 'unreachable'],
      ['hung', 'hung'],
      ['ill', 'ill'],
    ] as const) {
      expect(after([condition, condition, condition]).at(-1)).toBe(`a failed ${what}`);
    }
  });

  it('calls nobody failed by one sign alone', () => {
    expect(after(Array<Condition>(20).fill('unclear'))).toEqual([]);
  });

  it('takes measurements for a sign of life where nobody tried to log in, unless a check fails', () => {
    const signals = { ssh: 'unknown', vitals: 'yes' } as const;
    const judged = (more: object) =>
      judgeLook({ ...seen('a', 'good'), signals: more }, { signals: 2 });
    expect(judged(signals).verdict).toBe('good');
    expect(judged({ ...signals, checks: 'no' }).verdict).toBe('unclear');
    expect(judged({ ...signals, vitals: 'no' }).verdict).toBe('unclear');
    expect(judged({ ...signals, ssh: 'no', tcp22: 'no' }).verdict).toBe('bad');
  });

  it('believes another Pi that sees it', () => {
    const witnesses = [{ host: 'b', sees: true }];
    expect(states(run(failing('gone', 10, { witnesses }), OFF).records)).not.toContain(
      'a failed unreachable',
    );
    const alone = [{ host: 'b', sees: false }];
    expect(judgeLook({ ...seen('a', 'gone'), witnesses: alone }, { signals: 2 })).toMatchObject({
      verdict: 'bad',
      why: expect.stringMatching(/b can’t reach it either$/) as string,
    });
    const hung = run(failing('hung', 10, { witnesses }), OFF).records;
    expect(states(hung)).toContain('a failed hung');
  });

  it('judges nobody while its own link or gateway is down, or when it may be itself', () => {
    for (const self of [
      { link: 'no', gateway: 'unknown' },
      { link: 'yes', gateway: 'no' },
      { link: 'unknown', gateway: 'unknown' },
      { link: 'yes', gateway: 'yes', source: 'no' },
    ] as const) {
      const ticks = Array.from({ length: 10 }, (_, number) =>
        tickAt(number, [seen('a', 'gone'), seen('b', 'gone')], { self }),
      );
      const { records } = run(ticks, OFF);
      expect(states(records)).toEqual([]);
      expect(records.filter(({ kind }) => kind === 'decision.self')).toHaveLength(1);
    }
  });

  it('holds nothing against a Pi that somebody works on, nor while it settles', () => {
    const ticks = Array.from({ length: 12 }, (_, number) =>
      tickAt(number, [
        seen('a', 'gone', number < 6 ? { planned: 'provision' } : {}),
        seen('b', 'good'),
      ]),
    );
    const at = run(ticks, OFF).records.filter(
      (each) => each.kind === 'decision.state' && each.host === 'a',
    );
    expect(
      at.map((each) => each.kind === 'decision.state' && [each.to, each.time - START]),
    ).toEqual([
      ['planned', 0],
      ['suspect', 8000],
      ['failed', 10_000],
    ]);
  });

  it('takes neither a jump of the clock nor a pause of this machine for failing', () => {
    const first = failing('ill', 4);
    const late = { ...(first[3] ?? tickAt(3, [])), at: START + 86_400_000 };
    const paused = { ...late, at: late.at + 3_600_000, monotonic: 3_603_000 };
    const { state, records } = run([...first.slice(0, 3), late, paused], OFF);
    expect(records.filter(({ kind }) => kind === 'decision.clock')).toHaveLength(1);
    expect(state.sight['a']?.failedFor).toBeLessThan(10_000);
  });

  it('holds nothing against a Pi that was seen before this machine lost its way to it', () => {
    const bad = failing('gone', 2);
    const self = { link: 'no', gateway: 'unknown' } as const;
    const blind = failing('gone', 4)
      .slice(2)
      .map((tick) => ({ ...tick, self }));
    const again = failing('hung', 6).slice(4);
    const { records } = run([...bad, ...blind, ...again], OFF);
    expect(states(records)).not.toContain('a failed hung');
    const { records: stays } = run([...bad, ...blind, ...failing('hung', 8).slice(4)], OFF);
    expect(states(stays)).toContain('a failed hung');
  });

  it('recognises a Pi that comes and goes', () => {
    const policy = policyOf({ mode: 'auto' }, { flaps: 3 });
    const turn: Condition[] = ['gone', 'gone', 'gone', 'good', 'good', 'good'];
    const conditions = [...turn, ...turn, ...Array<Condition>(20).fill('ill')];
    const ticks = conditions.map((each, number) =>
      tickAt(number, [seen('a', each), seen('b', 'good'), seen('c', 'good')]),
    );
    const { records } = run(ticks, policy, newEngine(START));
    const last = records.findLast((each) => each.kind === 'decision.state');
    expect(last).toMatchObject({ to: 'failed', flapping: true });
    expect(records.findLast((each) => each.kind === 'decision.made')).toMatchObject({
      verdict: 'refuse',
      reasons: [{ code: 'flapping' }],
    });
  });
});

describe('Pis that somebody else measures', () => {
  const UNMEASURED = { ssh: 'unknown', vitals: 'no' } as const;
  const MEASURED = { ssh: 'unknown', vitals: 'yes' } as const;
  const GONE = { neighbour: 'unknown', tcp22: 'no', ssh: 'no', vitals: 'no' } as const;
  const FAR = { link: 'unknown', gateway: 'unknown' } as const;
  type Source = Tick['self']['source'];

  /** One interval each of `a`, beside `b`, which is always measured. */
  const watched = (looks: readonly Look['signals'][], source: Source = 'yes') =>
    run(
      looks.map((signals, number) =>
        tickAt(number, [seen('a', 'good', { signals }), seen('b', 'good', { signals: MEASURED })], {
          self: { ...FAR, source },
        }),
      ),
      OFF,
    ).records;
  const ofA = (records: readonly MonitorRecord[]): string[] =>
    states(records).filter((each) => each.startsWith('a '));
  const times = (count: number, signals: Look['signals']): Look['signals'][] =>
    Array<Look['signals']>(count).fill(signals);

  it('are healthy while they are measured, without a login', () => {
    const records = watched(times(20, MEASURED));
    expect(ofA(records)).toEqual(['a healthy']);
    expect(records.find((each) => each.kind === 'decision.state')).toMatchObject({
      why: 'it is measured',
    });
  });

  it('stay what they were while only the measurements are missing', () => {
    expect(ofA(watched(times(20, UNMEASURED)))).toEqual([]);
    expect(ofA(watched([...times(3, MEASURED), ...times(20, UNMEASURED)]))).toEqual(['a healthy']);
  });

  it('have failed once a look of our own finds them gone, and are well by measurements again', () => {
    const gone = [...times(3, MEASURED), ...times(5, GONE)];
    expect(ofA(watched(gone)).at(-1)).toBe('a failed unreachable');
    expect(ofA(watched([...gone, ...times(5, UNMEASURED)])).at(-1)).toBe('a failed unreachable');
    expect(ofA(watched([...gone, ...times(5, MEASURED)])).at(-1)).toBe('a healthy');
  });

  it('are ill by a failed check on a Pi that lets us in, measured or not', () => {
    const ill = { ssh: 'yes', vitals: 'yes', checks: 'no' } as const;
    expect(ofA(watched(times(5, ill))).at(-1)).toBe('a failed ill');
  });

  it('are not judged while who measures them is away, neither as failed nor as well', () => {
    const gone = times(10, GONE);
    expect(ofA(watched(gone, 'no'))).toEqual([]);
    expect(ofA(watched(times(10, MEASURED), 'no'))).toEqual([]);
    for (const source of ['yes', 'unknown', undefined] as const) {
      expect(ofA(watched(gone, source)).at(-1), source).toBe('a failed unreachable');
    }
  });

  it('are judged anew once it answers again', () => {
    const looks = [seen('a', 'good', { signals: GONE }), seen('b', 'good', { signals: MEASURED })];
    const ticks = Array.from({ length: 12 }, (_, number) =>
      tickAt(number, looks, { self: { ...FAR, source: number < 6 ? 'no' : 'yes' } }),
    );
    const { records } = run(ticks, OFF);
    expect(
      records.flatMap((each) => (each.kind === 'decision.self' ? [[each.ok, each.why]] : [])),
    ).toEqual([
      [false, 'Prometheus does not answer: there is nothing to judge by.'],
      [true, ''],
    ]);
    const failed = records.find((each) => each.kind === 'decision.state' && each.to === 'failed');
    // Nothing that was seen meanwhile counts: three looks of its own.
    expect(failed?.time).toBe(START + 8000);
  });
});

it('does not take a check of before for somebody who answers now', () => {
  const self = { link: 'yes', gateway: 'unknown' };
  const gone = seen('a', 'gone', { signals: { ...LOOKS.gone, checks: 'yes' } });
  expect(judgeSelf(self, [gone, seen('b', 'gone')]).ok).toBe(false);
  expect(judgeSelf(self, [gone, seen('b', 'good')]).ok).toBe(true);
});
