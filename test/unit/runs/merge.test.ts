import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RpiError } from '../../../core/errors.ts';
import { merge, type HostResult } from '../../../core/runs/merge.ts';
import type { EventBody } from '../../../core/runs/event.ts';

const say = (host: string, text: string): EventBody => ({ kind: 'log', level: 'info', host, text });

async function drain<T>(
  stream: AsyncGenerator<EventBody, T>,
): Promise<{ events: EventBody[]; value: T }> {
  const events: EventBody[] = [];
  for (;;) {
    const step = await stream.next();
    if (step.done === true) return { events, value: step.value };
    events.push(step.value);
  }
}

test('every host’s events come, each host’s in its own order, and results in the hosts’ order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      async (counts, limit) => {
        let running = 0;
        const hosts = counts.map((count, index) => ({ name: `pi${index}`, count }));
        const { events, value } = await drain(
          merge(
            hosts,
            async function* ({ name, count }) {
              expect(++running).toBeLessThanOrEqual(limit);
              for (let i = 0; i < count; i++) {
                await new Promise((resolve) => setImmediate(resolve));
                yield say(name, String(i));
              }
              running--;
              return count;
            },
            { limit, signal: new AbortController().signal },
          ),
        );
        expect(value.map((result) => (result.ok ? result.value : 'failed'))).toEqual(counts);
        for (const { name, count } of hosts) {
          const own = events.flatMap((e) => (e.kind === 'log' && e.host === name ? e.text : []));
          expect(own).toEqual(Array.from({ length: count }, (_, i) => String(i)));
        }
      },
    ),
  );
});

test('one host’s exception is that host’s result and nobody else’s', async () => {
  const { value } = await drain(
    merge(
      ['good', 'bad', 'fine'],
      async function* (host) {
        yield await Promise.resolve(say(host, 'begun'));
        if (host === 'bad') throw new RpiError('command.failed', 'no');
        return host;
      },
      { limit: 3, signal: new AbortController().signal },
    ),
  );
  const brief = value.map((r: HostResult<string, string>) => (r.ok ? r.value : 'error'));
  expect(brief).toEqual(['good', 'error', 'fine']);
});

test('after a cancel nothing new begins and what runs is drained', async () => {
  const controller = new AbortController();
  const begun: string[] = [];
  const { value } = await drain(
    merge(
      ['first', 'second', 'third'],
      async function* (host) {
        begun.push(host);
        controller.abort();
        yield await Promise.resolve(say(host, 'consistent end'));
        return 'ended';
      },
      { limit: 1, signal: controller.signal },
    ),
  );
  expect(begun).toEqual(['first']);
  expect(value[0]).toMatchObject({ ok: true, value: 'ended' });
  for (const result of value.slice(1)) {
    expect(!result.ok && RpiError.is(result.error, 'run.cancelled')).toBe(true);
  }
});

test('a reader that stops early ends the work of every host', async () => {
  const ended: string[] = [];
  const stream = merge(
    ['a', 'b'],
    async function* (host) {
      try {
        for (;;) yield await Promise.resolve(say(host, 'again'));
      } finally {
        ended.push(host);
      }
    },
    { limit: 2, signal: new AbortController().signal },
  );
  await stream.next();
  await stream.next();
  await stream.return([]);
  expect(ended.sort()).toEqual(['a', 'b']);
});
