import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { piStory, type PiQuestion } from '../../../client/monitor/pi-story.ts';
import { serveMonitor, type MonitorAnswers } from '../../../core/monitor/daemon/control.ts';
import { socketFolder } from '../../../core/project/paths.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rpi-story-'));
  vi.stubEnv('XDG_RUNTIME_DIR', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const unasked = (): never => {
  throw new Error('not asked');
};

/** The question of a page about one Pi; of the project only what it reads is there. */
const question = (): PiQuestion => ({
  open: {
    project: () => Promise.resolve({ root: folder, data: folder }),
    runs: () => Promise.resolve([]),
  } as unknown as PiQuestion['open'],
  host: 'attic',
  range: 'hour',
  watched: { interval: 60, hosts: [] } as unknown as PiQuestion['watched'],
  story: [
    { at: '2026-11-22T10:00:00.000Z', about: 'attic', text: 'attic: It has failed.', tone: 'bad' },
    { at: '2026-11-22T11:00:00.000Z', about: 'cellar', text: 'cellar: It is well.', tone: 'good' },
    { at: '2026-11-22T12:00:00.000Z', about: 'attic', text: 'attic: It is well.', tone: 'good' },
  ],
});

test('the charts come from the monitor that runs, a signal each', async () => {
  const asked: string[] = [];
  const answers: MonitorAnswers = {
    status: unasked,
    proposals: unasked,
    answer: unasked,
    release: unasked,
    chart: ({ host, signal, from, to }) => {
      asked.push(`${host} ${signal} ${to - from}`);
      return [{ at: from, mean: 1, low: 0, high: 2 }];
    },
  };
  await using _served = await serveMonitor(socketFolder(process.env), { root: folder }, answers);
  const { charts } = await piStory(question());
  expect(asked.sort()).toEqual([
    'attic disk 3600',
    'attic load 3600',
    'attic memory 3600',
    'attic temperature 3600',
  ]);
  // It looks once a minute: nothing is missing between two minutes.
  expect(charts?.step).toBe(60);
  expect(charts?.points.load).toEqual([{ at: charts?.from, mean: 1, low: 0, high: 2 }]);
});

test('a monitor that ended meanwhile is none; the story is of this Pi alone, the newest first', async () => {
  const { charts, events } = await piStory(question());
  expect(charts).toBeUndefined();
  expect(events.map(({ text }) => text)).toEqual(['It is well.', 'It has failed.']);
});
