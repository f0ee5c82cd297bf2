import { describe, expect, it } from 'vitest';
import {
  notify,
  notifyFrom,
  repeated,
  type Notification,
  type NotifyState,
} from '../../../../core/monitor/decisions/notify/notification.ts';
import type { Change } from '../../../../core/monitor/decisions/ledger.ts';
import {
  beginRemedy,
  endRemedy,
  pendingActs,
} from '../../../../core/monitor/decisions/proposals.ts';
import { step } from '../../../../core/monitor/decisions/engine.ts';
import { newEngine } from '../../../../core/monitor/decisions/state.ts';
import type { Look, Tick } from '../../../../core/monitor/decisions/tick.ts';
import { names, policyOf, run, seen, START, tickAt } from './world.ts';

/** What is told of ticks, with the second it is told at. */
function told(ticks: readonly Tick[], policy = policyOf({ mode: 'propose' })) {
  let state = newEngine(START);
  let held: NotifyState = { alerts: {} };
  const all: { second: number; notification: Notification }[] = [];
  for (const tick of ticks) {
    const next = step(state, tick, policy);
    state = next.state;
    const now = { at: tick.at, time: state.durable.time };
    const result = notify(held, next.records, now);
    held = result.state;
    const second = (tick.at - START) / 1000;
    all.push(...result.notifications.map((notification) => ({ second, notification })));
  }
  return { all, held, durable: state.durable };
}

const goneFrom = (from: number, to: number, count: number): Tick[] =>
  Array.from({ length: 90 }, (_, number) =>
    tickAt(
      number,
      names(count).map((name) => seen(name, number >= from && number < to ? 'gone' : 'good')),
    ),
  );

const gone = (count: number): Look[] => names(count).map((name) => seen(name, 'gone'));

describe('notifications', () => {
  it('tell of many Pis at once, once, and take it back once', () => {
    const { all, held } = told(goneFrom(5, 45, 12));
    expect(all.map(({ notification: { kind, status, title } }) => [kind, status, title])).toEqual([
      ['failed', 'firing', 'pi1, pi2, pi3, pi4, pi5 and 7 more: failed'],
      ['failed', 'resolved', 'pi1, pi2, pi3, pi4, pi5 and 7 more: healthy again'],
    ]);
    expect(all[0]?.notification.alerts).toHaveLength(12);
    expect(all[0]?.notification.text.split('\n')).toHaveLength(12);
    expect(held.alerts).toEqual({});
  });

  it('say nothing of what was over before it was told', () => {
    expect(told(goneFrom(5, 20, 3)).all).toEqual([]);
  });

  it('name proposals, and are not repeated by a restart', () => {
    const ticks = Array.from({ length: 60 }, (_, number) =>
      tickAt(number, [seen('a', 'ill'), seen('b', 'good')]),
    );
    const { all, held, durable } = told(ticks);
    expect(all.map(({ notification: { title } }) => title)).toEqual([
      'a: failed',
      'a: a remedy waits for your answer',
    ]);
    const after = notifyFrom(durable);
    expect(Object.keys(after.alerts).sort()).toEqual(Object.keys(held.alerts).sort());
    expect(notify(after, [], { at: START, time: START + 9e9 }).notifications).toEqual([]);
    expect(repeated(after, START).map(({ kind }) => kind)).toEqual(['failed', 'proposal']);
  });

  it('say how a remedy ended, once, and take it back when the case is closed', () => {
    const policy = policyOf({ mode: 'auto', healthy_for: 60 });
    const looks = (from: number, to: number, what: 'ill' | 'good'): Tick[] =>
      Array.from({ length: to - from }, (_, index) =>
        tickAt(from + index, [seen('a', what), seen('b', 'good')]),
      );
    let state = run(looks(0, 12, 'ill'), policy).state;
    let held: NotifyState = { alerts: {} };
    const all: Notification[] = [];
    const take = ({ state: next, records }: Change, second: number): void => {
      state = next;
      const now = { at: START + second * 1000, time: next.durable.time };
      const result = notify(held, records, now);
      held = result.state;
      all.push(...result.notifications.filter(({ kind }) => kind === 'remedy'));
    };
    const [act] = pendingActs(state.durable);
    take(beginRemedy(state, act?.id ?? '', START + 12_000), 12);
    const end = { status: 'failed', summary: 'It did not come back.', at: START + 13_000 } as const;
    take(endRemedy(state, act?.id ?? '', end), 13);
    for (const tick of looks(14, 60, 'good')) take(step(state, tick, policy), 0);
    expect(all).toMatchObject([
      {
        status: 'firing',
        title: 'a: a remedy has ended',
        text: 'a: reboot failed: It did not come back.',
      },
    ]);
    const after = notifyFrom(state.durable);
    expect(Object.keys(after.alerts)).toContain(`remedy ${act?.id ?? ''}`);
    for (const tick of looks(60, 200, 'good')) take(step(state, tick, policy), 0);
    expect(all.map(({ status }) => status)).toEqual(['firing', 'resolved']);
  });

  it('are one when all are gone and the gateway turns out to be gone a little later', () => {
    const ticks = goneFrom(5, 50, 12).map((tick, number) =>
      number < 15 || number >= 50
        ? tick
        : { ...tick, self: { link: 'yes', gateway: 'no' } as const },
    );
    expect(told(ticks).all.map(({ notification: { title } }) => title)).toEqual([
      'Nothing is judged',
      'Pis are judged again',
    ]);
    const stays = ticks.map((tick, number) => (number < 50 ? tick : { ...tick, hosts: gone(12) }));
    const more = Array.from({ length: 60 }, (_, index) => tickAt(90 + index, gone(12)));
    const { all } = told([...stays, ...more]);
    expect(all.map(({ notification: { kind, status } }) => `${kind} ${status}`)).toEqual([
      'self firing',
      'failed firing',
      'self resolved',
    ]);
  });
});
