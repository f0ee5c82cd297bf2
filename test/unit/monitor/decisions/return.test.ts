/** A Pi that was away for long and is back: unplugged, or its switch was. */
import { expect, it } from 'vitest';
import { mayBegin } from '../../../../core/monitor/decisions/decide.ts';
import { pendingActs } from '../../../../core/monitor/decisions/proposals.ts';
import type { Tick } from '../../../../core/monitor/decisions/tick.ts';
import { made, names, policyOf, run, said, seen, states, tickAt, type Condition } from './world.ts';

const LADDER = [{ do: 'reinstall', after: 10, mode: 'auto' }];

/** `a` in these conditions, so many intervals each, among healthy ones. */
function ticks(...phases: readonly (readonly [Condition, number])[]): Tick[] {
  const conditions = phases.flatMap(([condition, count]) =>
    Array.from({ length: count }, () => condition),
  );
  return conditions.map((condition, number) =>
    tickAt(number, [seen('a', condition), ...names(9).map((name) => seen(name, 'good'))]),
  );
}

it('is not erased for the hour that it was unplugged, once it answers again', () => {
  const { records } = run(ticks(['gone', 60], ['good', 9]), policyOf({ ladder: LADDER }));
  expect(said(records).filter((each) => /act|propose/.test(each))).toEqual([]);
  expect(states(records).at(-1)).toBe('a healthy');
});

it('is left alone where its last look was good, also when the remedy was decided on before', () => {
  const policy = policyOf({ ladder: [{ do: 'reboot', after: 10 }] });
  const before = ticks(['ill', 13]);
  const { state } = run(before, policy);
  const [act] = pendingActs(state.durable);
  if (act === undefined) throw new Error('nothing was decided');
  const heldAt = (condition: Condition): readonly string[] => {
    const tick = ticks(['ill', 13], [condition, 1]).at(-1) ?? tickAt(13, []);
    return mayBegin(run([tick], policy, state).state, act, tick, policy).held;
  };
  expect(heldAt('ill')).toEqual([]);
  expect(heldAt('good')).toEqual([expect.stringContaining('may be healthy again')]);
});

it('has only begun to be ill where it is back and not well: that time counts', () => {
  const { records } = run(ticks(['gone', 60], ['ill', 20]), policyOf({ ladder: LADDER }));
  const [act] = made(records).filter(({ verdict }) => verdict === 'act');
  expect(act?.inputs.failedFor).toBe(10);
  expect(act?.at).toBe(new Date(tickAt(69, []).at).toISOString());
});
