import { describe, expect, it } from 'vitest';
import { cancelled } from '../../../../core/errors.ts';
import type { Notification } from '../../../../core/monitor/decisions/notify/notification.ts';
import { createOutbox, type Outbox } from '../../../../core/monitor/decisions/notify/outbox.ts';
import type { Answer } from '../../../../core/monitor/decisions/notify/send.ts';

const FAILED: Answer = { type: 'failed', why: 'ECONNREFUSED', again: true };
const HOUR = 3_600_000;
const note = (text: string): Notification => ({
  ...{ kind: 'failed', status: 'firing', title: text, text, at: '2026-11-22T08:00:00.000Z' },
  alerts: [],
});

/** A receiver that answers as it is told, and a clock that each pause lets go on. */
function receiver(answer: () => Answer): { outbox: Outbox; told: string[]; at: { now: number } } {
  const told: string[] = [];
  const at = { now: 0 };
  const outbox = createOutbox('chat', {
    deliver: ({ text }) => {
      const given = answer();
      if (given.type === 'ok') told.push(text);
      return Promise.resolve(given);
    },
    sleep: (time, signal) =>
      new Promise((resolve, reject) => {
        at.now += time;
        if (signal.aborted) reject(cancelled());
        else setImmediate(resolve);
      }),
    monotonic: () => at.now,
  });
  return { outbox, told, at };
}

describe('what a receiver has yet to be told', () => {
  it('is told in order once it can be, with when it was where that is a while ago', async () => {
    let tries = 0;
    const { outbox, told } = receiver(() => (++tries <= 5 ? FAILED : { type: 'ok' }));
    await using _end = outbox;
    outbox.put(note('one'));
    outbox.put(note('two'));
    await expect.poll(() => outbox.isEmpty()).toBe(true);
    const late = 'That was at 2026-11-22 08:00 UTC; it could not be told before.';
    expect(told).toEqual([`one\n${late}`, `two\n${late}`]);
    expect(outbox.trouble()).toBeUndefined();
  });

  it('is dropped, and counted, where it is too much or too old', async () => {
    let answer: Answer = FAILED;
    const { outbox, told, at } = receiver(() => answer);
    await using _end = outbox;
    for (let n = 0; n < 150; n++) outbox.put(note(String(n)));
    await expect.poll(() => outbox.trouble()).toContain('50 of its notifications were too many');
    // A day goes by for all that wait; then there is news.
    at.now += 25 * HOUR;
    await expect.poll(() => outbox.isEmpty()).toBe(true);
    expect(outbox.trouble()).toContain('150 of its notifications');
    answer = { type: 'ok' };
    outbox.put(note('news'));
    await expect.poll(() => told).toEqual(['news']);
    expect(outbox.trouble()).toBeUndefined();
  });

  it('is not tried again where it was refused, and what follows is', async () => {
    const answers: Answer[] = [{ type: 'failed', why: 'it answers 404', again: false }];
    const { outbox, told } = receiver(() => answers.shift() ?? { type: 'ok' });
    await using _end = outbox;
    outbox.put(note('one'));
    await expect.poll(() => outbox.trouble()).toBe('chat was not told: it answers 404.');
    outbox.put(note('two'));
    await expect.poll(() => told).toEqual(['two']);
  });

  it('is left when the monitor ends', async () => {
    let tries = 0;
    const { outbox } = receiver(() => {
      tries++;
      return FAILED;
    });
    outbox.put(note('one'));
    await outbox[Symbol.asyncDispose]();
    const before = tries;
    await new Promise(setImmediate);
    expect(tries).toBe(before);
    expect(outbox.isEmpty()).toBe(false);
  });
});
