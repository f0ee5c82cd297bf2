import { stripVTControlCharacters } from 'node:util';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { createLiveLine } from '../../../cli/render/live-line.ts';
import type { EventBody } from '../../../core/runs/event.ts';

/** What the line says after these events. */
function after(...bodies: readonly EventBody[]): string {
  const written = new PassThrough();
  const terminal = Object.assign(written, { isTTY: true, columns: 80 });
  const line = createLiveLine(terminal as unknown as NodeJS.WriteStream); // as far as it looks at it
  onTestFinished(line.end);
  for (const [seq, body] of bodies.entries()) {
    line.follow({ v: 1, run: 'r', seq, at: '2026-11-22T10:00:00Z', ...body });
  }
  line.show();
  const text = stripVTControlCharacters(String(written.read() ?? ''));
  return text.trim().slice(2);
}

const started = (host: string): EventBody => ({ kind: 'host.started', host });
const finished = (host: string): EventBody => ({
  kind: 'host.finished',
  host,
  status: 'ok',
  summary: '',
});
const progress = (host: string): EventBody => ({
  kind: 'step.progress',
  host,
  step: 'install',
  done: 45,
  total: 100,
  detail: 'installing packages',
});

test('a host that is looked at and then worked on is one host', () => {
  const looked = [started('kitchen'), finished('kitchen'), started('garden'), finished('garden')];
  expect(after(...looked, started('kitchen'), progress('kitchen'))).toBe(
    '1/2 hosts · kitchen: 45 % installing packages',
  );
});

test('of a single host nothing is counted', () => {
  expect(
    after(started('kitchen'), finished('kitchen'), started('kitchen'), progress('kitchen')),
  ).toBe('kitchen: 45 % installing packages');
});

test('a share that is no percentage is told as it is', () => {
  const sent = { ...progress('kitchen'), done: 3, total: 7, detail: 'sending' } as EventBody;
  expect(after(started('kitchen'), sent)).toBe('kitchen: sending 3/7');
});
