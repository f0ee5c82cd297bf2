import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newEngine } from '../../../../core/monitor/decisions/state.ts';
import {
  readRecords,
  readSinceSnapshot,
  recordedTicks,
} from '../../../../core/monitor/decisions/recorded.ts';
import { simulate } from '../../../../core/monitor/decisions/simulate.ts';
import { storyOf } from '../../../../core/monitor/decisions/story.ts';
import { appendRecords } from '../../../../core/monitor/watch/journal.ts';
import { failing, policyOf, run, said, START, tickAt } from './world.ts';

const OFF = policyOf({ mode: 'off' });
const TICKS = [
  ...failing('ill', 30),
  ...Array.from({ length: 40 }, (_, number) =>
    tickAt(30 + number, (failing('good', 1)[0] ?? tickAt(0, [])).hosts),
  ),
];

it('what was recorded of intervals gives the same intervals again', () => {
  const { records } = run(TICKS, OFF);
  const again = [...recordedTicks(records, 1000)].map(({ tick }) => tick);
  expect(again.map(({ monotonic }) => monotonic - START)).toEqual(
    TICKS.slice(0, again.length).map(({ monotonic }) => monotonic),
  );
  expect(again.map(({ hosts }) => hosts)).toEqual(
    TICKS.slice(0, again.length).map(({ hosts }) => hosts),
  );
  expect(again).toHaveLength(31);
});

it('another policy is tried on what was recorded', () => {
  const { records } = run(TICKS, OFF);
  const result = simulate(records, policyOf());
  expect(said(result.recorded)).toEqual(['a reboot refuse off too-early', 'a reboot refuse off']);
  expect(said(result.records)).toEqual([
    'a reboot wait too-early',
    'a reboot act',
    'a reboot wait cool-down',
  ]);
  expect(simulate(records, policyOf({ groups: [{ group: 'x', mode: 'off' }] })).pis).toBe(10);
  expect(simulate([], OFF)).toMatchObject({ from: undefined, records: [] });
});

it('intervals in which nobody watched are no failing', () => {
  const early = run(failing('ill', 2), OFF);
  const late = run(
    failing('ill', 2).map((tick) => ({ ...tick, at: tick.at + 7_200_000 })),
    OFF,
    newEngine(START + 7_200_000),
  );
  const { records } = simulate([...early.records, ...late.records], policyOf());
  expect(records.filter((each) => each.kind === 'decision.state' && each.to === 'failed')).toEqual(
    [],
  );
});

it('the story of a Pi is told in sentences, without those of the others', () => {
  const { records } = run(TICKS, policyOf({ mode: 'propose' }));
  const story = storyOf(records, 'a').map(({ text }) => text);
  expect(story[0]).toMatch(
    /^Something may be wrong: it lets us in, but is not well – a check fails\.$/,
  );
  expect(story).toContain('Waits with reboot: reboot comes after 5 s of being ill.');
  expect(story.join('\n')).toMatch(/Proposed \(d\d+\): reboot, after 5 s of failing \(1 of 10 Pis/);
  expect(story.join('\n')).toMatch(/is withdrawn: the Pi is healthy again/);
  expect(story.at(-1)).toMatch(/^The case is closed\./);
  expect(storyOf(records).every(({ text }) => /^(?:a|pi\d): /.test(text))).toBe(true);
  expect(storyOf(records, 'nobody')).toEqual([]);
});

it('the journal is read from the last snapshot on, in the order of the engine’s time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rpi-decisions-'));
  try {
    const back = TICKS.map((tick, number) => (number < 20 ? { ...tick, at: tick.at + 9e9 } : tick));
    const { records } = run(back, policyOf());
    appendRecords(folder, records);
    appendRecords(folder, [{ v: 1, at: new Date(START).toISOString(), kind: 'watch.started' }]);
    expect(await readRecords(folder)).toEqual(records);
    const since = await readSinceSnapshot(folder, START);
    expect(since[0]?.kind).toBe('decision.snapshot');
    expect(since).toEqual(
      records.slice(records.findLastIndex(({ kind }) => kind === 'decision.snapshot')),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
