/** A monitor whose rpi.yml is edited while it watches. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { monitorStatus } from '../../core/monitor/daemon/control.ts';
import { monitorDaemon } from '../../core/monitor/daemon/daemon.ts';
import { socketFolder } from '../../core/project/paths.ts';
import { openProject } from '../../core/project/project.ts';
import { systemClock } from '../../core/runs/clock.ts';
import { createIdentity } from '../../core/ssh/identity.ts';
import { temporaryFolder } from '../temporary.ts';

const SETTINGS = 'version: 1\nid: settingstest\nmonitor: {interval: 1, timeout: 1}\n';

it('an rpi.yml that says something else waits for a restart, and the status says so', async () => {
  const root = await temporaryFolder();
  const path = join(root, 'rpi.yml');
  await writeFile(path, SETTINGS);
  await mkdir(join(root, 'inventory'));
  const gone = '{ansible_host: 127.0.0.1, ansible_port: 1, ansible_user: pi}';
  await writeFile(join(root, 'inventory/hosts.yml'), `all:\n  hosts:\n    gone: ${gone}\n`);
  const env = { ...process.env, XDG_DATA_HOME: join(root, 'data'), XDG_RUNTIME_DIR: root };
  const project = await openProject(root, env);
  await createIdentity(project.identity, 'test');
  const controller = new AbortController();
  const context = {
    ...{ project, env, clock: systemClock, signal: controller.signal, dryRun: false },
    ask: () => Promise.reject(new Error('nothing is asked')),
  };
  const said: string[] = [];
  const ended = (async () => {
    for await (const event of monitorDaemon({ limit: undefined }, context)) {
      if (event.kind === 'log' && event.host === undefined) said.push(event.text);
    }
  })();
  const faults = async (): Promise<string> => {
    const status = await monitorStatus(socketFolder(env), project).catch(() => undefined);
    return status?.lookedAt === undefined ? 'no look yet' : status.faults.join('\n');
  };
  const eventually = { timeout: 20_000, interval: 100 };
  await expect.poll(faults, eventually).toBe('');
  await writeFile(path, `# a comment\n${SETTINGS}`);
  await writeFile(path, `${SETTINGS}networks: [10.0.0.0/24]\n`);
  await expect.poll(faults, eventually).toMatch(/^rpi.yml has changed.*start it again/);
  await writeFile(path, `${SETTINGS}nonsense: 1\n`);
  await expect.poll(faults, eventually).toMatch(/is wrong by now \(line 4: .*nonsense/);
  await writeFile(path, `# another comment\n${SETTINGS}`);
  await expect.poll(faults, eventually).toBe('');
  controller.abort();
  await ended;
  expect(said.filter((text) => text.startsWith('rpi.yml has changed'))).toHaveLength(1);
});
