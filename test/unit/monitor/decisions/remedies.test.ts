import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { restore } from '../../../../core/monitor/decisions/apply.ts';
import { mayBegin } from '../../../../core/monitor/decisions/decide.ts';
import { step } from '../../../../core/monitor/decisions/engine.ts';
import type { Change } from '../../../../core/monitor/decisions/ledger.ts';
import {
  answerProposal,
  beginRemedy,
  endRemedy,
  orphanedActs,
  pendingActs,
  proposalOf,
  waitingProposals,
} from '../../../../core/monitor/decisions/proposals.ts';
import type { MonitorRecord } from '../../../../core/monitor/decisions/record.ts';
import { memoryOf, type EngineState } from '../../../../core/monitor/decisions/state.ts';
import { failing, policyOf, run, said, seen, START, tickAt, type Condition } from './world.ts';

/** What may happen at one look, beside what is seen. */
type Happening = 'nothing' | 'kill' | 'approve' | 'refuse' | 'snooze' | 'end' | 'fail';

const happenings = fc.array(
  fc.tuple(
    fc.constantFrom<Condition>('good', 'ill', 'ill', 'ill', 'gone'),
    fc.constantFrom<Condition>('good', 'ill', 'ill'),
    fc.constantFrom<Happening>(
      ...(['nothing', 'nothing', 'kill', 'approve', 'refuse', 'snooze', 'end', 'fail'] as const),
    ),
    fc.integer({ min: 1, max: 8 }),
  ),
  { minLength: 5, maxLength: 14 },
);

/** A Pi is ill for long, what is proposed for it approved, and the next look decides to do it. */
function approvedRemedy(policy: ReturnType<typeof policyOf>) {
  const { state } = run(failing('ill', 30), policy);
  const { id } = proposalOf(state.durable, 'a');
  const approved = answerProposal(state, id, { answer: 'approve', by: 'ada', at: START });
  const tick = tickAt(31, failing('ill', 1)[0]?.hosts ?? []);
  const decided = step(approved.state, tick, policy).state;
  const [act] = pendingActs(decided.durable);
  if (act === undefined) throw new Error('nothing was decided');
  return { decided, act, tick, approved, id };
}

/** A world in which remedies take their time, and a monitor that is killed at any moment. */
function live(events: readonly Lived[], mode: 'auto' | 'propose') {
  const policy = policyOf({
    mode,
    limits: { cool_down: 3, per_hour: 9, unhealthy: 100, canary: false, at_once: 2 },
  });
  const journal: MonitorRecord[] = [];
  const begun: { readonly id: string; readonly host: string }[] = [];
  let underWay: { readonly id: string; readonly host: string }[] = [];
  let state: EngineState = restore([], START);
  const write = ({ state: next, records }: Change): readonly MonitorRecord[] => {
    journal.push(...(JSON.parse(JSON.stringify(records)) as MonitorRecord[]));
    state = next;
    return records;
  };
  let number = 0;
  for (const [a, b, what, times] of events) {
    for (let time = 0; time < times; time++) {
      const tick = tickAt(number++, [seen('a', a), seen('b', b), seen('c', 'good')]);
      write(step(state, tick, policy));
      for (const act of pendingActs(state.durable)) {
        const { held } = mayBegin(state, act, tick, policy);
        const written = write(beginRemedy(state, act.id, tick.at, { held, run: act.id }));
        if (!written.some(({ kind }) => kind === 'remedy.started')) continue;
        expect(underWay.map(({ host }) => host)).not.toContain(act.host);
        expect(underWay.length).toBeLessThan(2);
        underWay.push(act);
        begun.push(act);
      }
    }
    const at = START + number * 1000;
    const [proposal] = waitingProposals(state.durable);
    const [first] = underWay;
    const approved = state.durable.proposals.find(({ status }) => status === 'approved');
    if (what === 'kill') {
      underWay = [];
      state = restore(journal, at);
      for (const { id } of orphanedActs(state.durable)) {
        write(endRemedy(state, id, { status: 'interrupted', summary: '', at }));
      }
    } else if ((what === 'end' || what === 'fail') && first !== undefined) {
      underWay = underWay.filter((each) => each !== first);
      const status = what === 'end' ? 'ok' : 'failed';
      write(endRemedy(state, first.id, { status, summary: '', at }));
    } else if (approved !== undefined && what === 'refuse') {
      write(answerProposal(state, approved.id, { answer: what, by: 'ada', at }));
    } else if (proposal !== undefined && (what === 'approve' || what === 'refuse')) {
      write(answerProposal(state, proposal.id, { answer: what, by: 'ada', at }));
    } else if (proposal !== undefined && what === 'snooze') {
      write(answerProposal(state, proposal.id, { answer: what, for: 3, by: 'ada', at }));
    }
  }
  return { journal, begun };
}
type Lived = [Condition, Condition, Happening, number];

describe('remedies that are carried out', () => {
  it('are never two of a Pi at once and never one twice, whatever happens', () => {
    for (const mode of ['auto', 'propose'] as const) {
      let all = 0;
      fc.assert(
        fc.property(happenings, (events) => {
          const { journal, begun } = live(events, mode);
          all += begun.length;
          expect(new Set(begun.map(({ id }) => id)).size).toBe(begun.length);
          const ends = journal.filter(({ kind }) => kind === 'remedy.finished');
          expect(new Set(ends.map((each) => 'id' in each && each.id)).size).toBe(ends.length);
          if (mode === 'auto') return;
          for (const { id } of begun) {
            const made = journal.find((each) => each.kind === 'decision.made' && each.id === id);
            const approved = made?.kind === 'decision.made' ? made.proposal : undefined;
            const answer = journal.findLast(
              (each) => each.kind === 'proposal.answered' && each.id === approved,
            );
            expect(answer).toMatchObject({ by: 'ada', answer: 'approve' });
          }
        }),
        { numRuns: 12 },
      );
      expect(all).toBeGreaterThan(0);
    }
  });

  it('keep their approval when they were not begun, and use up no try', () => {
    const policy = policyOf({ mode: 'propose' });
    const { decided, act, tick } = approvedRemedy(policy);
    expect(mayBegin(decided, act, tick, policy).held).toEqual([]);
    const off = policyOf({ mode: 'off' });
    expect(mayBegin(decided, act, tick, off).held).toEqual(['the policy is off for it']);
    const dropped = beginRemedy(decided, act.id, START, { held: ['somebody works on it'] });
    expect(dropped.records).toMatchObject([{ kind: 'remedy.finished', status: 'dropped' }]);
    expect(dropped.state.durable.hosts['a']?.tries).toEqual({ reboot: 0 });
    const again = step(dropped.state, tickAt(32, tick.hosts), policy);
    expect(said(again.records)).toEqual(['a reboot act']);
  });

  it('are held back by a guard rail also when a person approved them', () => {
    const policy = policyOf({ mode: 'propose', limits: { unhealthy: 20 } });
    const { decided, act, tick, approved, id } = approvedRemedy(policy);
    const hosts = { ...decided.durable.hosts };
    for (const name of ['pi1', 'pi2']) {
      hosts[name] = { ...memoryOf(decided.durable, name), state: 'failed' };
    }
    const outage = { ...decided, durable: { ...decided.durable, hosts } };
    expect(mayBegin(outage, act, tick, policy).held).toEqual([
      expect.stringMatching(/3 of 10 Pis are unhealthy/),
    ]);
    const planned = { ...tick, hosts: [seen('a', 'ill', { planned: 'rpi provision' })] };
    // Taken back before its turn comes.
    const no = answerProposal(approved.state, id, { answer: 'refuse', by: 'ada', at: START });
    expect(said(step(no.state, tick, policy).records)).toEqual([
      'a reboot refuse refused-by-person',
    ]);
    expect(mayBegin(decided, act, planned, policy).held).toContain(
      'rpi provision is at work on it',
    );
  });

  it('that were refused are asked about again for other evidence only', () => {
    const ladder = [{ do: 'power-cycle', after: 3, command: ['poe', '{host}'] }];
    const policy = policyOf({ mode: 'propose', ladder });
    const at = (from: number, count: number, condition: Condition) =>
      Array.from({ length: count }, (_, index) =>
        tickAt(from + index, [seen('a', condition), seen('b', 'good')]),
      );
    const first = run(at(0, 10, 'hung'), policy);
    const { id } = proposalOf(first.state.durable, 'a');
    const no = answerProposal(first.state, id, { answer: 'refuse', by: 'ada', at: START });
    const same = run(at(10, 20, 'hung'), policy, no.state);
    expect(said(same.records)).toEqual(['a power-cycle refuse refused-by-person']);
    const gone = run(at(30, 10, 'gone'), policy, same.state);
    expect(said(gone.records)).toEqual(['a power-cycle propose']);
    const hung = run(at(40, 10, 'hung'), policy, gone.state);
    expect(waitingProposals(hung.state.durable)).toHaveLength(1);
    expect(hung.state.durable.proposals.map(({ status }) => status)).toContain('refused');
  });

  it('that wipe are proposed even where the policy is auto, unless the ladder says so of them', () => {
    const ladder = [{ do: 'reinstall', after: 3 }];
    const { records } = run(failing('ill', 20), policyOf({ ladder }));
    expect(said(records).at(-1)).toBe('a reinstall propose');
    const named = policyOf({ ladder: [{ do: 'reinstall', after: 3, mode: 'auto' }] });
    expect(said(run(failing('ill', 20), named).records).at(-1)).toBe('a reinstall act');
  });
});
