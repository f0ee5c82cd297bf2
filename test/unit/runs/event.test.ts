import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEvent, type Event } from '../../../core/runs/event.ts';

const event: Event = {
  v: 1,
  run: '20261122T141530Z-detect-1f2e3d',
  seq: 3,
  at: '2026-11-22T14:15:30.000Z',
  kind: 'host.finished',
  host: 'kitchen',
  status: 'failed',
  summary: 'locked',
  error: { code: 'lock.held', message: 'in use', remedy: 'Wait.' },
};

test('reads back what was written', () => {
  expect(parseEvent(JSON.stringify(event))).toEqual(event);
});

test('a line torn anywhere is no event, and never an error', () => {
  const line = JSON.stringify(event);
  for (let length = 0; length < line.length; length++) {
    expect(parseEvent(line.slice(0, length))).toBeUndefined();
  }
});

test('any text at all is read without an exception', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseEvent(text)));
});

test('events of a newer format and of unknown kinds are left out', () => {
  expect(parseEvent(JSON.stringify({ ...event, v: 2 }))).toBeUndefined();
  expect(parseEvent(JSON.stringify({ ...event, kind: 'host.teleported' }))).toBeUndefined();
  expect(parseEvent(JSON.stringify({ ...event, kind: 'toString' }))).toBeUndefined();
});
