/** Reinstallations that the monitor does by itself, on the lab: bad cards, and two who want the same Pi. */
import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { labStatus } from '../../lab/lab.ts';
import { startInstallLab, type InstallLab } from './install-lab-fixture.ts';
import {
  eventsOf,
  expectCode,
  fullTests,
  hostsLab,
  monitorStatus,
  printed,
  whyNoLab,
  type LabProject,
} from './lab-fixture.ts';

const STAGES = `ansible:
  {upgrade: null, provision: null, verify_environment: null, deploy: null, verify_deployment: null}
`;
/** Wipes without asking: the step of the ladder says so, and the mode for all. */
const policy = (host: string, more = ''): string => `${STAGES}monitor:
  {interval: 1, timeout: 2, memory: 101, disk: 101, temperature: 199,
  detection: {failures: 2, window: 3, recover: 2, settle: 1, flaps: 50},
  checks: [{command: 'test ! -e /etc/broken', hosts: ${host}, every: 1, name: not broken}],
  remedies: {mode: auto, healthy_for: 3, limits: {cool_down: 2, unhealthy: 67, per_hour: 50},
  ladder: [{do: reinstall, mode: auto, after: 2, tries: 5}]}${more}}
`;

describe.runIf(hostsLab && fullTests)(`reinstallations without a person${whyNoLab}`, () => {
  let lab: InstallLab;
  let base: string;
  const monitors = new Map<LabProject, ChildProcess>();

  const watch = async (project: LabProject, settings: string): Promise<ChildProcess> => {
    await project.write({ 'rpi.yml': base + settings });
    const monitor = await project.start(['monitor']);
    monitors.set(project, monitor);
    return monitor;
  };
  const boots = async (host: string): Promise<number> => {
    const status = await labStatus({ dir: lab.lab.lab.dir });
    return (status.up ? status.machines : []).find(({ name }) => name === host)?.boots ?? 0;
  };

  beforeAll(async () => {
    lab = await startInstallLab([
      { name: 'kitchen', installSeconds: 6, faults: [{ 'worn-after': 0 }] },
      { name: 'cellar', installSeconds: 6, faults: [{ 'worn-after': 1 }] },
      { name: 'garden', installSeconds: 4 },
    ]);
    base = await lab.project.read('rpi.yml');
  });
  afterEach(async () => {
    for (const [project, monitor] of monitors) {
      const ends = once(monitor, 'close');
      process.kill((await monitorStatus(project)).pid, 'SIGINT');
      await ends;
    }
    monitors.clear();
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('a card that ignores writes: the old system is told from the new one, two tries, then quarantine', async () => {
    const { project } = lab;
    const machine = await lab.lab.on('kitchen', 'cat /etc/machine-id');
    const monitor = await watch(project, policy('kitchen'));
    await printed(monitor, /kitchen.*healthy/);
    const failed = printed(monitor, /kitchen.*failed: reinstall.*forgets what is written/);
    const quarantined = printed(monitor, /kitchen.*in quarantine: .*2 reinstallations/);
    await lab.lab.on('kitchen', 'touch /etc/broken');
    await failed;
    await quarantined;
    await delay(5000);
    // Where nobody heard its installer tell of the wipe, it merely came back.
    const phases = (await lab.jobs('kitchen')).map(({ phase }) => phase);
    expect(phases).toHaveLength(2);
    expect(phases).toContain('not-kept');
    expect(['not-kept', 'came-back']).toEqual(expect.arrayContaining(phases));
    expect(await boots('kitchen')).toBe(5);
    expect(await lab.lab.on('kitchen', 'cat /etc/machine-id')).toBe(machine);
    const status = await project.rpi(['install', 'status', 'kitchen']);
    expect(status.stdout).toMatch(/its card keeps nothing|the old system runs/);
    const story = await project.rpi(['monitor', 'explain', 'kitchen']);
    expect(story.stdout).toMatch(/forgets what is written to it[^]*another card[^]*quarantine/i);
  });

  it('a card that begins to ignore writes is told although the old system has the expected host key', async () => {
    const { project } = lab;
    expectCode(await lab.install(['cellar']), 0);
    const [first] = await lab.jobs('cellar');
    expectCode(await lab.install(['cellar']), 1);
    const end = eventsOf(await project.last(), 'host.finished').at(-1);
    expect(end?.error?.code).toBe('install.not-kept');
    const [second] = await lab.jobs('cellar');
    expect(second).toMatchObject({
      phase: 'not-kept',
      expected: { hostKey: first?.expected.hostKey },
    });
    expectCode(await project.rpi(['access', 'check', 'cellar']), 0);
  });

  it('two controllers that do not know of each other: the job file on the Pi decides, and it is installed once', async () => {
    const all = [await lab.colleague(), await lab.colleague()];
    // The first one stays long enough in its upload for the second to come.
    await lab.lab.on(
      'garden',
      `printf '#!/bin/sh\\nif [ "$1" = -d ] && mkdir /tmp/waited 2>/dev/null; then sleep 12; fi\\nexec /usr/bin/base64 "$@"\\n' >/usr/local/bin/base64; chmod 755 /usr/local/bin/base64`,
    );
    const before = await boots('garden');
    const texts = await Promise.all(
      all.map(async (project) => {
        const monitor = await watch(project, policy('garden'));
        await printed(monitor, /garden.*healthy/);
        const closed = printed(monitor, /garden.*the case is closed/).catch(() => '');
        const turned = printed(monitor, /garden.*turned away: reinstall.*is being installed by/);
        turned.catch(() => undefined);
        return { closed, turned };
      }),
    );
    await lab.lab.on('garden', 'touch /etc/broken');
    await Promise.any(texts.map(({ turned }) => turned));
    await Promise.race(texts.map(({ closed }) => closed));
    await delay(5000);
    const phases = await Promise.all(all.map((project) => lab.jobs('garden', project)));
    expect(phases.flat().map(({ phase }) => phase)).toEqual(['proved']);
    expect(await boots('garden')).toBe(before + 2);
  });
});
