import { getEventListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { deadline } from '../../../core/runs/deadline.ts';

it('aborts with the other signal, or when the time is up, and tells which', async () => {
  const controller = new AbortController();
  {
    using early = deadline(controller.signal, 10_000);
    using late = deadline(controller.signal, 1);
    await delay(5);
    expect([late.signal.aborted, late.isLate(), early.signal.aborted]).toEqual([true, true, false]);
    controller.abort();
    expect([early.signal.aborted, early.isLate()]).toEqual([true, false]);
  }
  using after = deadline(controller.signal, 10_000);
  expect(after.signal.aborted).toBe(true);
});

it('leaves nothing behind with a signal that lives on', () => {
  const { signal } = new AbortController();
  for (let n = 0; n < 10; n++) {
    using _each = deadline(signal, 10_000);
  }
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});
