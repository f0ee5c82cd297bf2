import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RpiError } from '../../core/errors.ts';
import { systemClock } from '../../core/runs/clock.ts';
import { askControl } from '../../core/runs/control.ts';
import type { EventBody } from '../../core/runs/event.ts';
import type { Context, Outcome } from '../../core/runs/operation.ts';
import { findRun, followRun, listRuns, readRun } from '../../core/runs/reader.ts';
import { startRun, type Answerer, type Run } from '../../core/runs/runner.ts';
import { temporaryFolder } from '../temporary.ts';

const nobody: Answerer = () => Promise.resolve(undefined);
/** As with `--answers control`: answers come through the socket alone. */
const elsewhere: Answerer = () => new Promise(() => undefined);

type Work = (context: Context) => AsyncGenerator<EventBody, Outcome>;

function start(folder: string, operation: Work, answerer = nobody): Run<Outcome> {
  return startRun({
    command: 'access enroll',
    args: ['--limit', 'kitchen'],
    operation,
    runs: join(folder, 'runs'),
    socketFolder: join(folder, 's'),
    dryRun: false,
    env: {},
    clock: systemClock,
    answerer,
  });
}

const log = (text: string): EventBody => ({ kind: 'log', level: 'info', text });

// eslint wants an await in async generators; a generator that only yields is one all the same.
async function* twoLines(): AsyncGenerator<EventBody, Outcome> {
  yield await Promise.resolve(log('one'));
  yield log('two');
  return { status: 'ok', summary: 'both said' };
}

describe('a run', () => {
  test('is journaled from its start to its end, numbered without a gap', async () => {
    const folder = await temporaryFolder();
    const run = start(folder, twoLines);
    const end = await run.end;
    expect(end.exit).toBe(0);
    const record = await readRun(run.journal);
    expect(record.events.map((event) => event.kind)).toEqual([
      'run.started',
      'log',
      'log',
      'run.finished',
    ]);
    expect(record.events.map((event) => event.seq)).toEqual([0, 1, 2, 3]);
    expect(record.state).toBe('finished');
    expect(record.started).toMatchObject({ command: 'access enroll', pid: process.pid });
  });

  test('goes on to its end when nobody reads its events', async () => {
    const folder = await temporaryFolder();
    const run = start(folder, async function* () {
      for (let i = 0; i < 10_000; i++) yield await Promise.resolve(log(`line ${i}`));
      return { status: 'ok', summary: 'done' };
    });
    expect((await run.end).finished.summary).toBe('done');
    expect((await readRun(run.journal)).events).toHaveLength(10_002);
    const seen: string[] = [];
    for await (const event of run.events) seen.push(event.kind);
    expect(seen.length).toBeLessThan(3000);
    expect(seen).toContain('gap');
    expect(seen.at(-1)).toBe('run.finished');
  });

  test('that throws ends as failed, with code, remedy and the exit code of its error', async () => {
    const folder = await temporaryFolder();
    const run = start(folder, async function* () {
      yield await Promise.resolve(log('before'));
      throw new RpiError('lock.held', 'kitchen is in use.', { remedy: 'Wait.' });
    });
    const end = await run.end;
    expect(end.exit).toBe(4);
    expect(end.finished).toMatchObject({
      status: 'refused',
      error: { code: 'lock.held', remedy: 'Wait.' },
    });
  });

  test('that is cancelled is drained to its outcome, which says what was left undone', async () => {
    const folder = await temporaryFolder();
    const run = start(folder, async function* (context) {
      yield log('begun');
      await context.clock.sleep(60_000, context.signal).catch(() => undefined);
      yield log('cleaning up');
      return { status: 'cancelled', summary: 'Cancelled.', undone: ['attic was not begun'] };
    });
    run.cancel();
    const end = await run.end;
    expect(end.exit).toBe(130);
    expect(end.finished.undone).toEqual(['attic was not begun']);
    const texts = (await readRun(run.journal)).events.flatMap((e) =>
      e.kind === 'log' ? e.text : [],
    );
    expect(texts).toEqual(['begun', 'cleaning up']);
  });

  test('is cancelled through its control socket', async () => {
    const folder = await temporaryFolder();
    const run = start(folder, async function* (context) {
      yield log('waiting');
      await context.clock.sleep(60_000, context.signal);
      return { status: 'ok', summary: 'never' };
    });
    await untilLive(folder, run.id);
    expect(await askControl(join(folder, 's'), run.id, { verb: 'cancel' })).toMatchObject({
      ok: true,
    });
    expect((await run.end).finished.status).toBe('cancelled');
    await expect(askControl(join(folder, 's'), run.id, { verb: 'ping' })).rejects.toMatchObject({
      code: 'run.not-live',
    });
  });
});

describe('a question', () => {
  test('that is open when its run ends is closed, and its answer is written nowhere', async () => {
    const folder = await temporaryFolder();
    let answerLate: (value: { by: string; value: string }) => void = () => undefined;
    const late: Answerer = () => new Promise((resolve) => (answerLate = resolve));
    let asked: Promise<unknown> = Promise.resolve();
    const run = start(
      folder,
      async function* (context) {
        asked = context.ask({ type: 'typed', text: 'Still there?' }).catch((e: unknown) => e);
        yield await Promise.resolve(log('not waiting for it'));
        return { status: 'ok', summary: 'done' };
      },
      late,
    );
    await run.end;
    answerLate({ by: 'terminal', value: 'too late' });
    expect(await asked).toMatchObject({ code: 'run.cancelled' });
    expect(await readFile(run.journal, 'utf8')).not.toContain('too late');
  });

  const asking = (type: 'typed' | 'secret'): Work =>
    async function* (context) {
      const answer = await context.ask({ type, text: 'Which name?' });
      yield log(`answered with ${answer.length} characters`);
      return { status: 'ok', summary: 'asked' };
    };

  test('that nobody can answer ends the run as unanswered', async () => {
    const folder = await temporaryFolder();
    const end = await start(folder, asking('typed')).end;
    expect(end.exit).toBe(5);
    expect(end.finished.error?.code).toBe('answer.needed');
  });

  test('is answered through the control socket and journaled with its answer', async () => {
    const folder = await temporaryFolder();
    const run = start(folder, asking('typed'), elsewhere);
    await untilLive(folder, run.id);
    const reply = await askControl(join(folder, 's'), run.id, {
      verb: 'answer',
      id: 'q1',
      value: 'kitchen',
    });
    expect(reply.ok).toBe(true);
    expect((await run.end).exit).toBe(0);
    const answer = (await readRun(run.journal)).events.find((event) => event.kind === 'answer');
    expect(answer).toMatchObject({ id: 'q1', by: 'control', value: 'kitchen' });
  });

  test('for a secret leaves no trace of the secret in the journal', async () => {
    const folder = await temporaryFolder();
    const run = start(folder, asking('secret'), () =>
      Promise.resolve({ by: 'terminal', value: 'hunter2-and-more' }),
    );
    await run.end;
    const text = await readFile(run.journal, 'utf8');
    expect(text).toContain('"kind":"answer"');
    expect(text).not.toContain('hunter2');
  });

  test('that is not open can’t be answered', async () => {
    const folder = await temporaryFolder();
    const run = start(folder, asking('typed'), elsewhere);
    await untilLive(folder, run.id);
    const reply = await askControl(join(folder, 's'), run.id, {
      verb: 'answer',
      id: 'q7',
      value: 'x',
    });
    expect(reply).toEqual({ ok: false, message: 'question q7 is not open' });
    run.cancel();
    await run.end;
  });
});

describe('reading runs', () => {
  test('follows a live run from its beginning to its end', async () => {
    const folder = await temporaryFolder();
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const run = start(folder, async function* () {
      yield log('before the reader');
      await gate;
      yield log('after the reader');
      return { status: 'ok', summary: 'done' };
    });
    const kinds: string[] = [];
    const { signal } = new AbortController();
    for await (const event of followRun(run.journal, { signal, clock: systemClock })) {
      kinds.push(event.kind);
      if (event.kind === 'log') go();
    }
    expect(kinds).toEqual(['run.started', 'log', 'log', 'run.finished']);
    await run.end;
  });

  test('lists the newest first and finds one by the end of its id', async () => {
    const folder = await temporaryFolder();
    const first = start(folder, twoLines);
    await first.end;
    await systemClock.sleep(2, new AbortController().signal); // ids tell milliseconds apart
    const second = start(folder, twoLines);
    await second.end;
    const runs = join(folder, 'runs');
    expect((await listRuns(runs)).map(({ id }) => id)).toEqual([second.id, first.id]);
    expect((await findRun(runs, first.id.slice(-6))).id).toBe(first.id);
    expect((await findRun(runs, 'last')).id).toBe(second.id);
    await expect(findRun(runs, 'nothing-like-it')).rejects.toMatchObject({ code: 'run.not-found' });
  });
});

async function untilLive(folder: string, id: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      await askControl(join(folder, 's'), id, { verb: 'ping' });
      return;
    } catch {
      await systemClock.sleep(5, new AbortController().signal);
    }
  }
  throw new Error(`the run ${id} never listened`);
}
