import { describe, expect, it } from 'vitest';
import { RpiError } from '../../../../core/errors.ts';
import { createOutbox, MOST } from '../../../../core/monitor/decisions/notify/outbox.ts';
import { alertOf, handClock } from './hand-clock.ts';

describe('a receiver', () => {
  it('that is gone for good has a hundred waiting for it at most, and ends are kept', async () => {
    const { clock, pauses } = handClock();
    const controller = new AbortController();
    const outbox = createOutbox([], {
      send: () => Promise.resolve({ error: new RpiError('monitor.not-told', 'no'), again: true }),
      onDelivery: () => undefined,
      onChange: () => undefined,
      clock,
      signal: controller.signal,
    });
    outbox.put(alertOf('told', 'resolved'));
    for (let number = 0; number < 300; number++) outbox.put(alertOf(`pi${number}`, 'firing'));
    outbox.put(alertOf('pi299', 'resolved'));
    expect(outbox.waiting()).toHaveLength(MOST);
    expect(outbox.waiting().map(({ title }) => title)).toContain('told: resolved');
    expect(outbox.waiting().at(-1)?.title).toBe('pi299: resolved');
    expect(outbox.waiting().map(({ title }) => title)).not.toContain('pi299: firing');
    await expect.poll(() => pauses.length).toBe(1);
    controller.abort();
    await outbox.end();
  });
});
