import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openJournalTail } from '../../../client/runs/journal-tail.ts';
import { logTextOf, withoutBeginning } from '../../../client/runs/log-text.ts';
import type { Event, EventBody } from '../../../core/runs/event.ts';
import { temporaryFolder } from '../../temporary.ts';

let seq = 0;
const event = (body: EventBody): Event => ({
  v: 1,
  run: 'r',
  seq: seq++,
  at: '2026-11-22T12:00:00.000Z',
  ...body,
});
const lineOf = (body: EventBody): string => `${JSON.stringify(event(body))}\n`;
const said = (text: string): EventBody => ({ kind: 'log', level: 'info', text });
const printed = (text: string, host?: string): EventBody => ({
  kind: 'output',
  stream: 'stdout',
  text,
  ...(host === undefined ? {} : { host }),
});
const started: EventBody = {
  kind: 'run.started',
  command: 'deploy',
  args: ['deploy', '--limit', 'kitchen'],
  pid: 1,
  version: '1',
  dryRun: false,
};
const finished: EventBody = {
  kind: 'run.finished',
  status: 'ok',
  summary: 'Deployed.',
  undone: [],
};
const withoutTimes = (text: string): string => text.replaceAll(/^\d\d:\d\d:\d\d {2}/gm, '');

describe('the words of the log', () => {
  test('are those of the terminal, with the time and without colours', () => {
    const text = logTextOf(
      event({
        kind: 'host.finished',
        host: 'hall',
        status: 'failed',
        summary: 'no answer',
        error: { code: 'ssh.timeout', message: 'no answer', remedy: 'Is it on?' },
      }),
    );
    expect(text).toMatch(/^\d\d:\d\d:\d\d {2}✗ hall {2}no answer\n {12}→ Is it on\?\n$/);
  });

  test('show what programs printed as it came, of overwritten lines what stayed', () => {
    expect(logTextOf(event(printed('\x1b[32mok: [kitchen]\x1b[0m\r\n')))).toBe('ok: [kitchen]\n');
    expect(logTextOf(event(printed('10 %\r50 %\r100 %\n')))).toBe('100 %\n');
    expect(logTextOf(event(printed('a\nb\n', 'hall')))).toBe('hall │ a\nhall │ b\n');
  });

  test('never show a secret’s answer', () => {
    const text = logTextOf(event({ kind: 'answer', id: 'q1', by: 'terminal' }));
    expect(withoutTimes(text)).toBe('= (not written down) — by terminal\n');
  });
});

describe('a journal', () => {
  test('is followed as it grows, a torn last line when it is whole', async () => {
    const path = join(await temporaryFolder(), 'r.jsonl');
    const whole = lineOf(said('second'));
    await writeFile(path, lineOf(started) + whole.slice(0, 20));
    const tail = openJournalTail(path);
    expect(await tail.readOn()).toBe(true);
    expect(withoutTimes(tail.text())).toBe('rpi deploy --limit kitchen\n');
    expect(await tail.readOn()).toBe(false);
    await appendFile(path, whole.slice(20) + lineOf(finished));
    expect(tail.isOver()).toBe(false);
    expect(await tail.readOn()).toBe(true);
    expect(withoutTimes(tail.text())).toBe('rpi deploy --limit kitchen\nsecond\n✓ Deployed.\n');
    expect(tail.isOver()).toBe(true);
  });

  test('is shown from near its end where it is huge, and says so', async () => {
    const path = join(await temporaryFolder(), 'r.jsonl');
    const many = Array.from({ length: 200 }, (_, n) => lineOf(said(`line ${n}`)));
    await writeFile(path, many.join(''));
    const tail = openJournalTail(path, 2000);
    await tail.readOn();
    const [head, first, ...rest] = tail.text().trimEnd().split('\n');
    expect(head).toContain('the beginning is left out');
    expect(first).toMatch(/ line 1\d\d$/);
    expect(rest.at(-1)).toMatch(/ line 199$/);
    for (let n = 200; n < 400; n++) await appendFile(path, lineOf(said(`line ${n}`)));
    await tail.readOn();
    expect(tail.text().length).toBeLessThan(2100);
    expect(tail.text().trimEnd()).toMatch(/ line 399$/);
  });

  test('that was replaced by another is read anew', async () => {
    const path = join(await temporaryFolder(), 'r.jsonl');
    await writeFile(path, lineOf(said('one')) + lineOf(said('two')));
    const tail = openJournalTail(path);
    await tail.readOn();
    await writeFile(path, lineOf(said('new')));
    expect(await tail.readOn()).toBe(true);
    expect(withoutTimes(tail.text())).toBe('new\n');
  });
});

test('a text is cut at a line, and where it has none, anyway', () => {
  expect(withoutBeginning('aa\nbb\ncc\n', 100)).toBe('aa\nbb\ncc\n');
  expect(withoutBeginning('aa\nbb\ncc\n', 5)).toBe('cc\n');
  expect(withoutBeginning('abcdef', 3)).toBe('def');
});
