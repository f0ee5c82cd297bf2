import fc from 'fast-check';
import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ownIdentity } from '../../../core/files/process-identity.ts';
import { newsOfRun } from '../../../core/fleet/host-news.ts';
import type { Event, EventBody } from '../../../core/runs/event.ts';
import { openRunIndex } from '../../../core/runs/run-index.ts';
import { emptySummary, foldEvents, summaryOf } from '../../../core/runs/summarise.ts';
import { FINISHED, randomRun, stamped, STARTED } from './random-run.ts';
import { runs } from '../../property-runs.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rpi-index-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const linesOf = (events: readonly Event[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');
const run = (id: string, ...bodies: readonly EventBody[]): Event[] =>
  stamped(id, Date.UTC(2026, 10, 22), [{ ...STARTED, ...ownIdentity() }, ...bodies]);
const put = (name: string, text: string): Promise<void> =>
  writeFile(join(folder, `${name}.jsonl`), text);
const add = (name: string, text: string): Promise<void> =>
  appendFile(join(folder, `${name}.jsonl`), text);
const host = (name: string): EventBody => ({ kind: 'host.started', host: name });

describe('the index of runs', () => {
  it('passes over a line without an end, and holds no more of it than a bound', async () => {
    const alloc = vi.spyOn(Buffer, 'alloc');
    try {
      const [started = '', finished = ''] = linesOf(run('a', FINISHED)).match(/.*\n/g) ?? [];
      await put('a', `${started}${'x'.repeat(9 * 1024 * 1024)}`);
      const index = openRunIndex(folder);
      await index.refresh();
      await add('a', `x\n${finished}`);
      await index.refresh();
      expect(index.runs().map(({ id, state }) => [id, state])).toEqual([['a', 'finished']]);
      const largest = Math.max(...alloc.mock.calls.map(([size]) => size));
      expect(largest).toBeLessThanOrEqual(4 * 1024 * 1024);
    } finally {
      alloc.mockRestore();
    }
  });

  it('reads a journal in parts, wherever they are cut, as it reads the whole', async () => {
    await fc.assert(
      fc.asyncProperty(randomRun, fc.array(fc.nat(), { maxLength: 4 }), async (events, cuts) => {
        // A multi-byte letter in front, so that cuts fall within it too.
        const log: EventBody = { kind: 'host.started', host: 'küche→😀' };
        const all = [...events, ...stamped('x', 0, [log])];
        const bytes = Buffer.from(linesOf(all));
        const places = cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b);
        const path = join(folder, 'r.jsonl');
        await writeFile(path, '');
        const index = openRunIndex(folder);
        let at = 0;
        for (const place of [...places, bytes.length]) {
          await appendFile(path, bytes.subarray(at, place));
          at = place;
          await index.refresh();
        }
        const ends = events.some(({ kind }) => kind === 'run.finished');
        const seen = ends ? uptoEnd(all, places, bytes) : all;
        const expected = summaryOf(
          foldEvents(
            emptySummary(path),
            seen.filter(({ kind }) => kind !== 'output' && kind !== 'log'),
          ),
          ends ? 'finished' : 'live',
        );
        expect(index.runs()).toEqual([{ ...expected, lastAt: index.runs()[0]?.lastAt }]);
        expect(index.hostNews()).toEqual(newsOfRun(seen).hosts);
      }),
      runs(40),
    );
  });

  it('says whether anything changed, and keeps what it gave out until then', async () => {
    await put('a', linesOf(run('a', host('attic'))));
    const index = openRunIndex(folder);
    expect(await index.refresh()).toBe(true);
    const runs = index.runs();
    expect(await index.refresh()).toBe(false);
    expect(index.runs()).toBe(runs);
    await add('a', linesOf(stamped('a', 0, [host('cellar')])));
    expect(await index.refresh()).toBe(true);
    expect(index.runs()[0]?.hosts.map((each) => each.host)).toEqual(['attic', 'cellar']);
  });

  it('waits for the end of a line', async () => {
    const line = linesOf(stamped('a', 0, [host('attic')]));
    await put('a', linesOf(run('a')) + line.slice(0, 20));
    const index = openRunIndex(folder);
    await index.refresh();
    expect(index.runs()[0]?.hosts).toEqual([]);
    await add('a', line.slice(20));
    await index.refresh();
    expect(index.runs()[0]?.hosts).toHaveLength(1);
  });

  it('shows a run whose process is gone as interrupted, and one that ended as finished', async () => {
    const dead = { ...STARTED, pid: 2 ** 22 + 1, bootId: 'of-an-earlier-boot' };
    await put('b', linesOf(stamped('b', 0, [dead, host('attic')])));
    await put('a', linesOf(run('a', FINISHED)));
    await put('c', linesOf(run('c')));
    const index = openRunIndex(folder);
    await index.refresh();
    expect(index.runs().map(({ id, state }) => [id, state])).toEqual([
      ['c', 'live'],
      ['b', process.platform === 'linux' ? 'interrupted' : index.runs()[1]?.state],
      ['a', 'finished'],
    ]);
  });

  it('forgets journals that were removed, with what only they told', async () => {
    await put('a', linesOf(run('a', host('attic'))));
    await put('b', linesOf(run('b', host('cellar'))));
    const index = openRunIndex(folder);
    await index.refresh();
    await rm(join(folder, 'a.jsonl'));
    expect(await index.refresh()).toBe(true);
    expect(index.runs().map(({ id }) => id)).toEqual(['b']);
    expect([...index.hostNews().keys()]).toEqual(['cellar']);
  });

  it('reads a journal anew that was put in the place of another', async () => {
    await put('a', linesOf(run('a', host('attic'))));
    const index = openRunIndex(folder);
    await index.refresh();
    await writeFile(join(folder, 'new'), linesOf(run('z', host('cellar'), host('kitchen'))));
    await rename(join(folder, 'new'), join(folder, 'a.jsonl'));
    await index.refresh();
    expect(index.runs()).toMatchObject([
      { id: 'z', hosts: [{ host: 'cellar' }, { host: 'kitchen' }] },
    ]);
  });

  it('leaves out what is no journal, and a line that is no event', async () => {
    await put('notes', 'hello\n');
    await put('empty', '');
    await put(
      'a',
      `${linesOf(run('a'))}{"v":99}\nnonsense\n${linesOf(stamped('a', 0, [host('attic')]))}`,
    );
    const index = openRunIndex(folder);
    await index.refresh();
    expect(index.runs()).toMatchObject([{ id: 'a', hosts: [{ host: 'attic' }] }]);
  });

  it('reads a line longer than what is read at once', async () => {
    const long: EventBody = {
      kind: 'host.finished',
      host: 'attic',
      status: 'ok',
      summary: 'x'.repeat(700_000),
    };
    await put('a', linesOf(run('a', long, host('cellar'))));
    const index = openRunIndex(folder);
    await index.refresh();
    expect(index.runs()[0]?.hosts.map(({ summary }) => summary?.length)).toEqual([
      700_000,
      undefined,
    ]);
  });

  it('has no runs where there is no folder', async () => {
    const index = openRunIndex(join(folder, 'nowhere'));
    expect(await index.refresh()).toBe(false);
    expect(index.runs()).toEqual([]);
  });
});

/** A finished journal is read once: nothing behind the refresh that found its end. */
function uptoEnd(all: readonly Event[], places: readonly number[], bytes: Buffer): Event[] {
  let end = 0;
  const ends = all.map((event) => (end += Buffer.byteLength(linesOf([event]))));
  const finish = ends[all.findIndex(({ kind }) => kind === 'run.finished')] ?? 0;
  const readTo = [...places, bytes.length].find((place) => place >= finish) ?? bytes.length;
  return all.filter((_, index) => (ends[index] ?? 0) <= readTo);
}
