import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Listener } from '../../../core/detect/listen.ts';
import { loadSightings } from '../../../core/detect/sightings.ts';
import type { Finding, Source } from '../../../core/detect/source.ts';
import { watchWith, type WatchOutcome, type WatchTools } from '../../../core/detect/watch.ts';
import { RpiError } from '../../../core/errors.ts';
import { networkOf, parseNetwork } from '../../../core/formats/ipv4.ts';
import { projectState, type StatePaths } from '../../../core/project/paths.ts';
import type { EventBody } from '../../../core/runs/event.ts';
import type { Context } from '../../../core/runs/operation.ts';

const PI = 'b8:27:eb:4a:10:01';
const OTHER = 'dc:a6:32:00:00:01';
const network = parseNetwork('10.0.0.0/24') ?? networkOf(0, 0);

let folder: string;
let state: StatePaths;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rpi-watch-'));
  state = projectState(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Script = {
  /** What each search finds, and each look at what was heard; the last one repeats. */
  readonly scans: readonly (readonly Finding[])[];
  /** What is heard, turn by turn; then nothing. */
  readonly heard?: readonly (readonly string[])[];
  /** Ends the watch when this turn of listening begins. */
  readonly turns: number;
  readonly networks?: WatchTools['networks'];
};

/** Runs a watch by a script. Time goes on by a second whenever anybody waits. */
async function watched(script: Script): Promise<{
  events: EventBody[];
  outcome: WatchOutcome;
  searched: string[];
}> {
  const controller = new AbortController();
  const searched: string[] = [];
  let now = Date.parse('2027-01-15T08:00:00.000Z');
  let turn = 0;
  const source: Source = {
    name: 'neighbours',
    title: 'a script',
    onRequest: false,
    sweep: (scan) => {
      const findings = script.scans[Math.min(searched.length, script.scans.length - 1)] ?? [];
      searched.push(scan.networks.map((each) => each.network.prefix).join());
      for (const finding of findings) scan.report(finding);
      return Promise.resolve();
    },
  };
  const listener: Listener = {
    wait: () => {
      if (++turn >= script.turns) controller.abort();
      return Promise.resolve(script.heard?.[turn - 1] ?? []);
    },
    settle: () => Promise.resolve(),
    [Symbol.dispose]: () => undefined,
  };
  const context: Context = {
    signal: controller.signal,
    clock: {
      now: () => now,
      sleep: async () => {
        now += 1000;
        await Promise.resolve();
      },
    },
    env: {},
    dryRun: false,
    ask: () => Promise.reject(new Error('nobody is asked')),
  };
  const tools: WatchTools = {
    networks:
      script.networks ?? (() => Promise.resolve([{ network, reach: 'link', from: '10.0.0.1' }])),
    sources: [source],
    listen: () => Promise.resolve(listener),
  };
  const input = { networks: [], all: false, state, interval: 60_000 };
  const stream = watchWith(tools, input, context);
  const events: EventBody[] = [];
  for (;;) {
    const step = await stream.next();
    if (step.done === true) return { events, outcome: step.value, searched };
    events.push(step.value);
  }
}

const pi = (address: string, mac: string, name?: string): Finding => ({
  address,
  mac,
  name,
  answered: true,
});
const kinds = (events: readonly EventBody[]) => events.map(({ kind }) => kind);

describe('a watch', () => {
  it('tells what is there once, and writes nothing more while nothing changes', async () => {
    const { events, outcome } = await watched({ scans: [[pi('10.0.0.5', PI)]], turns: 50 });
    expect(kinds(events)).toEqual(['step.started', 'sighting', 'step.finished']);
    expect(outcome).toMatchObject({ status: 'ok', devices: [{ address: '10.0.0.5' }] });
    expect(await loadSightings(state)).toMatchObject([{ mac: PI }]);
  });

  it('tells what comes later, and keeps it', async () => {
    const { events } = await watched({
      scans: [[pi('10.0.0.5', PI)], [pi('10.0.0.5', PI), pi('10.0.0.6', OTHER, 'shed')]],
      turns: 3,
    });
    expect(events.filter(({ kind }) => kind === 'sighting')).toHaveLength(2);
    expect((await loadSightings(state)).map(({ mac }) => mac)).toContain(OTHER);
  });

  it('looks at once, and only there, where it hears something', async () => {
    const { events, searched } = await watched({
      scans: [[pi('10.0.0.5', PI)], [pi('10.0.0.6', OTHER)]],
      heard: [['10.0.0.6']],
      turns: 2,
    });
    expect(searched).toEqual(['24', '32']);
    expect(events.filter(({ kind }) => kind === 'sighting')).toHaveLength(2);
  });

  it('waits out a network that is gone, and says so once', async () => {
    let asked = 0;
    const { events } = await watched({
      scans: [[pi('10.0.0.5', PI)]],
      turns: 6,
      networks: () => {
        asked++;
        if (asked > 1) throw new RpiError('detect.no-network', 'No network.');
        return Promise.resolve([{ network, reach: 'link', from: '10.0.0.1' }]);
      },
    });
    expect(asked).toBeGreaterThan(3);
    expect(events.filter(({ kind }) => kind === 'log')).toMatchObject([{ text: 'No network.' }]);
  });
});
