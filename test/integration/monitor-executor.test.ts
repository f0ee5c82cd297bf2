/** Remedies between intention and result: without Pis, by the one that runs on this machine. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDecider, type Decider } from '../../core/monitor/daemon/decider.ts';
import { storyOf } from '../../core/monitor/decisions/story.ts';
import { readRecords } from '../../core/monitor/decisions/recorded.ts';
import { startExecutor } from '../../core/monitor/remedies/executor.ts';
import { monitorFolder } from '../../core/monitor/watch/journal.ts';
import type { Observation } from '../../core/monitor/watch/observation.ts';
import { acquireLock } from '../../core/files/lock.ts';
import { openProject } from '../../core/project/project.ts';
import { systemClock } from '../../core/runs/clock.ts';
import type { ProjectContext } from '../../core/runs/operation.ts';
import { listRuns } from '../../core/runs/reader.ts';

const SETTINGS = `version: 1
id: executortest
monitor:
  interval: 1
  detection: {failures: 1, window: 1, recover: 1, settle: 0}
  remedies:
    mode: auto
    limits: {cool_down: 0}
    ladder: [{do: power-cycle, command: [./power, '{host}'], after: 1, tries: 1}]
`;

let home: string;
let context: ProjectContext;
let journal: string;
let looks = 0;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'rpi-executor-'));
  const root = join(home, 'p');
  await mkdir(root);
  await writeFile(join(root, 'rpi.yml'), SETTINGS);
  const env = { ...process.env, XDG_DATA_HOME: join(home, 'data'), XDG_RUNTIME_DIR: home };
  const project = await openProject(root, env);
  await power('echo "$1" >>asked');
  context = {
    project,
    env,
    clock: systemClock,
    signal: new AbortController().signal,
    dryRun: false,
    ask: () => Promise.reject(new Error('nothing is asked')),
  };
  journal = monitorFolder(project.data);
  looks = 0;
});
afterEach(() => rm(home, { recursive: true }));

async function power(script: string): Promise<void> {
  await writeFile(join(home, 'p', 'power'), `#!/bin/sh\n${script}\n`);
  await chmod(join(home, 'p', 'power'), 0o755);
}

const newDecider = (): Promise<Decider> =>
  createDecider(journal, context.project.config.monitor, Date.now());

/** One more second, in which `kitchen` hangs or not and `garden` is well. */
function look(decider: Decider, kitchen: 'hung' | 'well' = 'hung'): void {
  const monotonic = looks++ * 1000;
  const at = Date.now();
  const seen = (host: string, ssh: 'yes' | 'no'): Observation => ({
    ...{ host, address: '10.0.0.1', groups: [], at, monotonic, checks: [], reasons: [] },
    state: ssh === 'yes' ? 'healthy' : 'unreachable',
    signals: { neighbour: 'yes', tcp22: 'yes', ssh, vitals: ssh, checks: 'unknown' },
  });
  const hosts = [seen('kitchen', kitchen === 'well' ? 'yes' : 'no'), seen('garden', 'yes')];
  decider.take({ self: { at, monotonic, link: 'yes', gateway: 'yes' }, hosts });
}

const asked = (): Promise<string> => readFile(join(home, 'p', 'asked'), 'utf8').catch(() => '');
const story = async (): Promise<string[]> =>
  storyOf(await readRecords(journal), 'kitchen').map(({ text }) => text);

async function lookUntil(
  decider: Decider,
  work: () => Promise<void>,
  fits: () => Promise<boolean>,
) {
  for (let count = 0; count < 100 && !(await fits()); count++) {
    if (looks < 4) look(decider);
    await work();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  expect(await fits()).toBe(true);
}

it('a remedy is done once, by a run of its own that the journal names', async () => {
  const decider = await newDecider();
  await using executor = await startExecutor(decider, context);
  const isDone = async (): Promise<boolean> => (await story()).join().includes('Done:');
  await lookUntil(decider, executor.work, isDone);
  expect(await asked()).toBe('kitchen\n');
  const [run] = await listRuns(context.project.runs);
  expect(run?.started.command).toBe('monitor power-cycle');
  expect((await story()).filter((text) => text.includes(run?.id ?? '-'))).toHaveLength(2);
});

it('a monitor that is ended while a remedy is under way ends it, and says so', async () => {
  await power('echo "$1" >>asked; exec sleep 60');
  const decider = await newDecider();
  const executor = await startExecutor(decider, context);
  await lookUntil(decider, executor.work, async () => (await asked()) !== '');
  await executor[Symbol.asyncDispose]();
  expect((await story()).at(-1)).toMatch(/^Interrupted: power-cycle .*may be switched off/);
  const next = await newDecider();
  await using again = await startExecutor(next, context);
  looks = 0;
  for (let count = 0; count < 6; count++) {
    look(next);
    await again.work();
  }
  expect(await asked()).toBe('kitchen\n');
});

it('what was decided and not begun when the monitor was killed is not begun blindly, nor lost', async () => {
  const decider = await newDecider();
  for (let count = 0; count < 4; count++) look(decider); // decides, and is gone
  expect((await story()).at(-1)).toMatch(/^Decided: power-cycle/);
  const next = await newDecider();
  await using executor = await startExecutor(next, context);
  looks = 0;
  look(next);
  await executor.work();
  expect((await story()).at(-1)).toMatch(/^Not begun: power-cycle/);
  expect(await asked()).toBe('');
  await lookUntil(next, executor.work, async () => (await asked()) === 'kitchen\n');
});

it('a run that had ended before its end was written is told by its own journal', async () => {
  const decider = await newDecider();
  {
    // Its ends go nowhere, as those of a process that is killed.
    const deaf: Decider = {
      ...decider,
      change: (make) => {
        const { records } = make(decider.state());
        return records.some(({ kind }) => kind === 'remedy.finished') ? [] : decider.change(make);
      },
    };
    await using executor = await startExecutor(deaf, context);
    await lookUntil(deaf, executor.work, async () => (await asked()) !== '');
  }
  expect((await story()).at(-1)).toMatch(/^Begun: power-cycle/);
  await using _next = await startExecutor(await newDecider(), context);
  expect((await story()).at(-1)).toMatch(/^Done: power-cycle \(run .*switched off and on/);
  expect(await asked()).toBe('kitchen\n');
});

it('another run on the Pi, or a journal that can’t be written, holds a remedy back', async () => {
  const decider = await newDecider();
  await using executor = await startExecutor(decider, context);
  for (let count = 0; count < 4; count++) look(decider);
  {
    await using _lock = await acquireLock(context.project.locks, 'host kitchen', 'rpi provision');
    await executor.work();
  }
  expect((await story()).at(-1)).toMatch(/^Not begun: power-cycle.*rpi provision is at work on it/);
  look(decider);
  const full: Decider = {
    ...decider,
    change: () => {
      throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    },
  };
  await using other = await startExecutor(full, context);
  await expect(other.work()).rejects.toThrow('full');
  expect(await asked()).toBe('');
});

it('a run that takes the Pi at the last moment turns a remedy away, which is no try', async () => {
  const decider = await newDecider();
  const lock = join(context.project.locks, 'host%20kitchen.lock');
  const late: Decider = {
    ...decider,
    change: (make) => {
      const records = decider.change(make);
      if (records.some(({ kind }) => kind === 'remedy.started')) {
        mkdirSync(context.project.locks, { recursive: true });
        const held = { pid: process.pid, doing: 'rpi provision', token: 'x' };
        writeFileSync(lock, JSON.stringify(held));
      }
      return records;
    },
  };
  {
    await using executor = await startExecutor(late, context);
    const isTurnedAway = async (): Promise<boolean> =>
      (await story()).join().includes('Turned away: power-cycle');
    await lookUntil(decider, executor.work, isTurnedAway);
  }
  expect((await story()).at(-1)).toMatch(/no try.*in use by “rpi provision”/);
  expect(await asked()).toBe('');
  await rm(lock);
  await using executor = await startExecutor(decider, context);
  looks = 0;
  await lookUntil(decider, executor.work, async () => (await asked()) === 'kitchen\n');
});
