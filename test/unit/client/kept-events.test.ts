import { expect, test } from 'vitest';
import { createKeptEvents } from '../../../client/kept-events.ts';
import type { Event, EventBody } from '../../../core/runs/event.ts';

const event = (seq: number, body: EventBody): Event => ({
  v: 1,
  run: 'r',
  seq,
  at: '2026-11-22T10:00:00.000Z',
  ...body,
});
const logged = (seq: number): Event =>
  event(seq, { kind: 'log', level: 'info', text: String(seq) });
const end = event(9, { kind: 'run.finished', status: 'ok', summary: 'Done.', undone: [] });

test('the end of a run is kept, however much it told before', () => {
  for (const most of [1, 3, 100]) {
    const kept = createKeptEvents(most);
    for (let seq = 0; seq < 9; seq++) kept.add(logged(seq));
    kept.add(end);
    expect(kept.all().at(-1)).toBe(end);
    expect(kept.all().length).toBe(Math.min(most, 10));
  }
});

test('what programs printed is not kept', () => {
  const kept = createKeptEvents(10);
  kept.add(event(0, { kind: 'output', stream: 'stdout', text: 'x' }));
  expect(kept.all()).toEqual([]);
});
