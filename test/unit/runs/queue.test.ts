import { expect, test } from 'vitest';
import type { Event, EventBody } from '../../../core/runs/event.ts';
import { createEventQueue, type EventQueue, type Gap } from '../../../core/runs/queue.ts';

let seq = 0;
const event = (body: EventBody): Event => ({ v: 1, run: 'r', seq: seq++, at: '', ...body });
const output = (text: string): Event => event({ kind: 'output', stream: 'stdout', text });
const progress = (host: string, done: number): Event =>
  event({ kind: 'step.progress', host, step: 'copy', done });

async function read(queue: EventQueue): Promise<(Event | Gap)[]> {
  queue.end();
  const seen: (Event | Gap)[] = [];
  for await (const item of queue) seen.push(item);
  return seen;
}

test('newer progress of a step takes the place of older, other hosts’ stays', async () => {
  const queue = createEventQueue();
  [progress('a', 1), progress('a', 2), progress('b', 1), progress('b', 2)].forEach(queue.push);
  const seen = await read(queue);
  expect(seen).toMatchObject([
    { host: 'a', done: 2 },
    { host: 'b', done: 2 },
  ]);
});

test('a full queue drops what only tells, says how much, and keeps what decides', async () => {
  const queue = createEventQueue(100);
  queue.push(event({ kind: 'host.started', host: 'a' }));
  for (let i = 0; i < 1000; i++) queue.push(output(String(i)));
  queue.push(event({ kind: 'host.finished', host: 'a', status: 'failed', summary: 'x' }));
  const seen = await read(queue);
  const dropped = seen.flatMap((item) => (item.kind === 'gap' ? item.dropped : []));
  expect(dropped.reduce((a, b) => a + b, 0) + seen.length - dropped.length).toBe(1002);
  expect(seen.some((item) => item.kind === 'host.started')).toBe(true);
  expect(seen.at(-1)?.kind).toBe('host.finished');
});

test('a waiting reader is woken by an event and by the end', async () => {
  const queue = createEventQueue();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const item of queue) seen.push(item.kind);
  })();
  await Promise.resolve();
  queue.push(output('late'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen).toEqual(['output']);
  queue.end();
  await reading;
});
