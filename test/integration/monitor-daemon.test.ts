/** What may happen to a monitor while it watches, without any Pi: one address at which nobody is. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { monitorStatus } from '../../core/monitor/daemon/control.ts';
import { historyPath, monitorDaemon } from '../../core/monitor/daemon/daemon.ts';
import { readRecords } from '../../core/monitor/decisions/recorded.ts';
import { monitorFolder } from '../../core/monitor/watch/journal.ts';
import { socketFolder } from '../../core/project/paths.ts';
import { openProject } from '../../core/project/project.ts';
import { systemClock } from '../../core/runs/clock.ts';
import type { ProjectContext } from '../../core/runs/operation.ts';
import { createIdentity } from '../../core/ssh/identity.ts';
import { temporaryFolder } from '../temporary.ts';

const SETTINGS =
  'version: 1\nid: daemontest\nmonitor: {interval: 1, timeout: 1, detection: {failures: 3, window: 3}}\n';
const eventually = { timeout: 20_000, interval: 100 };

/** A project with one Pi; `end` ends the monitors of its context. */
async function newProject(
  more: Partial<ProjectContext> = {},
): Promise<{ context: ProjectContext; end: () => void }> {
  const root = await temporaryFolder();
  await writeFile(join(root, 'rpi.yml'), SETTINGS);
  await mkdir(join(root, 'inventory'));
  const gone = '{ansible_host: 127.0.0.1, ansible_port: 1, ansible_user: pi}';
  await writeFile(join(root, 'inventory/hosts.yml'), `all:\n  hosts:\n    gone: ${gone}\n`);
  const env = { ...process.env, XDG_DATA_HOME: join(root, 'data'), XDG_RUNTIME_DIR: root };
  const project = await openProject(root, env);
  await createIdentity(project.identity, 'test');
  const controller = new AbortController();
  const context: ProjectContext = {
    ...{ project, env, clock: systemClock, signal: controller.signal, dryRun: false },
    ask: () => Promise.reject(new Error('nothing is asked')),
    ...more,
  };
  return { context, end: () => controller.abort() };
}

/** Watches until the context ends; gives what is said of no Pi in particular. */
async function watch(context: ProjectContext): Promise<string[]> {
  const said: string[] = [];
  for await (const event of monitorDaemon({ limit: undefined }, context)) {
    if (event.kind === 'log' && event.host === undefined) said.push(event.text);
  }
  return said;
}

async function faults({ env, project }: ProjectContext): Promise<string> {
  const status = await monitorStatus(socketFolder(env), project).catch(() => undefined);
  return status?.lookedAt === undefined ? 'no look yet' : status.faults.join('\n');
}

it('an rpi.yml that says something else waits for a restart, and the status says so', async () => {
  const { context, end } = await newProject();
  const path = join(context.project.root, 'rpi.yml');
  const watching = watch(context);
  const now = (): Promise<string> => faults(context);
  await expect.poll(now, eventually).toBe('');
  await writeFile(path, `# a comment\n${SETTINGS}`);
  await writeFile(path, `${SETTINGS}networks: [10.0.0.0/24]\n`);
  await expect.poll(now, eventually).toMatch(/^rpi.yml has changed.*start it again/);
  await writeFile(path, `${SETTINGS}nonsense: 1\n`);
  await expect.poll(now, eventually).toMatch(/is wrong by now \(line 4: .*nonsense/);
  await writeFile(path, `# another comment\n${SETTINGS}`);
  await expect.poll(now, eventually).toBe('');
  end();
  const said = await watching;
  expect(said.filter((text) => text.startsWith('rpi.yml has changed'))).toHaveLength(1);
});

it('a history that is no database is set aside, reported, and the watch goes on', async () => {
  const { context, end } = await newProject();
  const { state } = context.project;
  await mkdir(state, { recursive: true });
  await writeFile(
    historyPath(state),
    'no database, but long enough to be taken for one'.repeat(99),
  );
  const watching = watch(context);
  await expect.poll(() => faults(context), eventually).toBe('');
  end();
  expect((await watching)[0]).toMatch(/history was broken.*begins anew; it is kept as .*broken/);
  const names = await readdir(state);
  expect(names.some((name) => name.startsWith('monitor.db.broken-'))).toBe(true);
});

it('of two monitors of a project the second is refused and names the first, which goes on', async () => {
  const { context, end } = await newProject();
  const watching = watch(context);
  await expect.poll(() => faults(context), eventually).toBe('');
  await expect(watch(context)).rejects.toMatchObject({
    code: 'lock.held',
    message: expect.stringMatching(/in use by .*rpi monitor/) as string,
  });
  expect(await faults(context)).toBe('');
  end();
  await watching;
});

it('a clock that jumps by a day is written, judges nobody and ages nothing', async () => {
  let ahead = 0;
  const clock = { ...systemClock, now: () => Date.now() + ahead };
  const { context, end } = await newProject({ clock });
  const watching = watch(context);
  await expect.poll(() => faults(context), eventually).toBe('');
  ahead = 86_400_000;
  const folder = monitorFolder(context.project.data);
  const jumps = async (): Promise<number[]> =>
    (await readRecords(folder)).flatMap((each) =>
      each.kind === 'decision.clock' ? [Math.round(each.by / 86_400_000)] : [],
    );
  await expect.poll(jumps, eventually).toEqual([1]);
  ahead = 0;
  await expect.poll(jumps, eventually).toEqual([1, -1]);
  const times = (await readRecords(folder)).map(({ time }) => time);
  expect(Math.max(...times) - Math.min(...times)).toBeLessThan(3_600_000);
  end();
  await watching;
});
