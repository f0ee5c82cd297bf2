import { describe, expect, it } from 'vitest';
import { step } from '../../../../core/monitor/decisions/engine.ts';
import {
  answerProposal,
  beginRemedy,
  endRemedy,
  pendingActs,
  release,
  waitingProposals,
} from '../../../../core/monitor/decisions/proposals.ts';
import { parseRecord } from '../../../../core/monitor/decisions/record.ts';
import type { EngineState } from '../../../../core/monitor/decisions/state.ts';
import type { Policy } from '../../../../core/project/monitor-policy.ts';
import { failing, made, names, policyOf, run, said, seen, START, tickAt } from './world.ts';

/** Ticks on with a loop that does at once what was decided; `a` stays as it is. */
function live(policy: Policy, count: number, more: Parameters<typeof seen>[2] = {}): string[] {
  let state: EngineState | undefined;
  const log: string[] = [];
  for (let number = 0; number < count; number++) {
    const hosts = [seen('a', 'ill', more), ...names(4).map((name) => seen(name, 'good'))];
    const next = run([tickAt(number, hosts)], policy, state);
    state = next.state;
    log.push(...said(next.records));
    log.push(
      ...next.records.flatMap(({ kind }) => (kind === 'decision.quarantined' ? [kind] : [])),
    );
    for (const { id } of pendingActs(state.durable)) {
      ({ state } = beginRemedy(state, id, START));
      ({ state } = endRemedy(state, id, { status: 'ok', summary: '', at: START }));
    }
  }
  return log;
}

describe('remedies', () => {
  it('climb the ladder from the mildest on, wait in between, and end in quarantine', () => {
    const policy = policyOf({ limits: { cool_down: 8, per_hour: 9 } });
    expect(live(policy, 90)).toEqual([
      'a reboot wait too-early',
      'a reboot act',
      'a reboot wait cool-down',
      'a reboot act',
      'a reinstall wait cool-down',
      'a reinstall act',
      'a reinstall wait cool-down',
      'a reinstall act',
      'decision.quarantined',
    ]);
  });

  it('are kept within their budgets', () => {
    const limits = { cool_down: 0, per_hour: 1 };
    expect(live(policyOf({ limits }), 60).at(-1)).toBe('a reboot refuse hour');
    const day = { cool_down: 0, reinstalls_per_day: 1, per_hour: 9 };
    expect(live(policyOf({ limits: day }), 60).at(-1)).toBe('a reinstall refuse reinstalls-day');
  });

  it('are proposed where the policy says so, and done once a person approves', () => {
    const policy = policyOf({ mode: 'propose' });
    const { state, records } = run(failing('ill', 30), policy);
    expect(said(records)).toEqual(['a reboot wait too-early', 'a reboot propose']);
    const [proposal] = waitingProposals(state.durable);
    expect(proposal?.evidence).toContain('a check fails');
    const id = proposal?.id ?? '';
    const hosts = failing('ill', 1)[0]?.hosts ?? [];
    const approved = answerProposal(state, id, { answer: 'approve', by: 'ada', at: START });
    const next = step(approved.state, tickAt(31, hosts), policy);
    expect(made(next.records)).toMatchObject([{ verdict: 'act', proposal: id }]);
    expect(() =>
      answerProposal(next.state, id, { answer: 'refuse', by: 'bob', at: START }),
    ).toThrow(/It is done/);
    const refused = answerProposal(state, id, { answer: 'refuse', by: 'ada', at: START });
    expect(said(step(refused.state, tickAt(31, hosts), policy).records)).toEqual([
      'a reboot refuse refused-by-person',
    ]);
    const snoozed = answerProposal(state, id, { answer: 'snooze', for: 10, by: 'ada', at: START });
    const awake = run(
      Array.from({ length: 20 }, (_, number) => tickAt(30 + number, hosts)),
      policy,
      snoozed.state,
    );
    expect(said(awake.records)).toEqual(['a reboot refuse snoozed', 'a reboot propose']);
  });

  it.each([
    [
      'the group is off',
      policyOf({ groups: [{ group: 'g', mode: 'off' }] }),
      { groups: ['g'] },
      'off',
    ],
    ['nobody can log in', policyOf(), {}, 'no-login'],
  ])('are refused when %s', (_, policy, more, code) => {
    const condition = code === 'no-login' ? 'gone' : 'ill';
    const { records } = run(failing(condition, 30, more), policy);
    expect(
      made(records)
        .at(-1)
        ?.reasons.map((each) => each.code),
    ).toContain(code);
    expect(made(records).every(({ verdict }) => verdict !== 'act')).toBe(true);
  });

  it.each([
    [{ pressure: ['disk'] }, 'pressure'],
    [{ identity: 'changed' }, 'identity'],
    [{ identity: 'unknown' }, 'identity'],
  ] as const)('never wipe a Pi with %o', (more, code) => {
    const policy = policyOf({ ladder: [{ do: 'reinstall', after: 3, mode: 'auto' }] });
    const { records } = run(failing('ill', 30, { ...more } as object), policy);
    expect(said(records).at(-1)).toBe(`a reinstall refuse ${code}`);
  });

  it('wait for the canary, and go on when a person released it', () => {
    const policy = policyOf({
      ladder: [{ do: 'reinstall', after: 3, mode: 'auto' }],
      limits: { cool_down: 0, unhealthy: 100, quarantine: 1 },
    });
    const both = (number: number): ReturnType<typeof tickAt> =>
      tickAt(number, [seen('a', 'ill'), seen('b', 'ill'), seen('c', 'good')]);
    let { state } = run(
      Array.from({ length: 6 }, (_, number) => both(number)),
      policy,
    );
    const [first] = pendingActs(state.durable);
    expect(first?.host).toBe('a');
    ({ state } = beginRemedy(state, first?.id ?? '', START));
    ({ state } = endRemedy(state, first?.id ?? '', { status: 'failed', summary: '', at: START }));
    const later = run(
      Array.from({ length: 9 }, (_, number) => both(6 + number)),
      policy,
      state,
    );
    expect(said(later.records)).toContain('b reinstall refuse canary');
    expect(pendingActs(later.state.durable)).toEqual([]);
    const free = release(later.state, 'a', 'ada', START);
    const last = step(free.state, both(16), policy);
    expect(said(last.records)).toContain('a reinstall act');
  });

  it('are all held back when a switch dies: everybody fails, nothing is done', () => {
    const policy = policyOf({ ladder: [{ do: 'power-cycle', after: 3, command: ['x'] }] });
    const ticks = Array.from({ length: 30 }, (_, number) =>
      tickAt(
        number,
        names(10).map((name) => seen(name, number < 5 ? 'good' : 'gone')),
      ),
    );
    const { state, records } = run(ticks, policy);
    expect(said(records).filter((each) => each.includes(' act'))).toEqual([]);
    expect(
      made(records)
        .at(-1)
        ?.reasons.map(({ code }) => code),
    ).toContain('fleet');
    expect(pendingActs(state.durable)).toEqual([]);
  });

  it('switch the power where nothing else is possible', () => {
    const ladder = [
      { do: 'reboot', after: 3 },
      { do: 'power-cycle', after: 6, command: ['poe', '{host}'] },
    ];
    expect(said(run(failing('gone', 20), policyOf({ ladder })).records)).toEqual(
      [
        'a power-cycle wait too-early',
        'a power-cycle act',
        'a power-cycle wait cool-down at-once',
      ].slice(0, 2),
    );
  });

  it('close the case of a Pi only when it was healthy for a while', () => {
    const policy = policyOf({ mode: 'propose' });
    const ticks = Array.from({ length: 40 }, (_, number) =>
      tickAt(number, [seen('a', number < 10 ? 'ill' : 'good'), seen('b', 'good')]),
    );
    const { state, records } = run(ticks, policy);
    const closed = records.find(({ kind }) => kind === 'decision.closed');
    expect((closed?.time ?? 0) - START).toBeGreaterThanOrEqual(22_000);
    expect(records.map(({ kind }) => kind)).toContain('proposal.ended');
    expect(state.durable.hosts['a']).toMatchObject({ open: false, tries: {} });
    expect(waitingProposals(state.durable)).toEqual([]);
  });

  it('are written with their inputs, as lines that can be read again', () => {
    const { records } = run(failing('ill', 30), policyOf());
    for (const each of records) {
      expect(parseRecord(JSON.parse(JSON.stringify(each)))).toEqual(each);
    }
    expect(made(records).at(-1)?.inputs).toMatchObject({ fleet: 10, unhealthy: 1, allowed: 2 });
  });
});
