/** What the monitor does about failed Pis, on the lab: real sshd, real systemd, real reboots. */
import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listRuns } from '../../core/runs/reader.ts';
import {
  expectCode,
  hostsLab,
  monitorStatus,
  playbook,
  printed,
  settings,
  twoEnrolled,
  whyNoLab,
  type LabProject,
  type TestLab,
} from './lab-fixture.ts';

const APP = `[Service]
ExecStart=python3 -m http.server 8080 --directory /var/empty
TimeoutStopSec=3
`;

let test: TestLab;
let project: LabProject;
let monitor: ChildProcess | undefined;

/** A monitor with these checks and remedies, in windows of seconds. */
async function watch(
  checks: readonly string[],
  remedies: readonly string[],
): Promise<ChildProcess> {
  const lines = [
    'monitor:',
    '  {interval: 1, timeout: 2, memory: 101, disk: 101, temperature: 199,',
    '  detection: {failures: 2, window: 3, recover: 2, settle: 2, flaps: 50},',
    `  checks: [${checks.join(', ')}],`,
    `  remedies: {healthy_for: 2, limits: {cool_down: 5, unhealthy: 50, per_hour: 50}, ${remedies.join(', ')}}}`,
  ];
  await project.write({ 'rpi.yml': settings(lines) });
  monitor = await project.start(['monitor']);
  return monitor;
}

async function explain(host: string): Promise<string> {
  const done = await project.rpi(['monitor', 'explain', host]);
  expectCode(done, 0);
  return done.stdout;
}

const runsOf = async (command: string): Promise<number> =>
  (await listRuns(join(project.root, '.rpi', 'runs'))).filter(
    ({ started }) => started.command === command,
  ).length;

async function stop(signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
  if (monitor === undefined) return;
  const ends = once(monitor, 'close');
  process.kill((await monitorStatus(project)).pid, signal);
  await ends;
  monitor = undefined;
}

describe.runIf(hostsLab)(`remedies on the lab${whyNoLab}`, () => {
  beforeAll(async () => {
    ({ test, project } = await twoEnrolled({
      'rpi.yml': settings(),
      // Counts how often it is asked, and waits until somebody did it.
      'bin/power': '#!/bin/sh\necho "$1" >>asked\nuntil [ -e done ]; do sleep 0.1; done\n',
    }));
  });

  afterEach(async () => {
    await stop('SIGINT');
  });

  afterAll(async () => {
    await test[Symbol.asyncDispose]();
  });

  it('restarts a hung service where the policy says auto, once, by a run of its own', async () => {
    await test.on(
      'alpha',
      `mkdir -p /var/empty; cat >/etc/systemd/system/app.service <<'EOF'\n${APP}EOF\nsystemctl start app`,
    );
    const running = await watch(
      ["{http: 'http://{address}:8080/', hosts: alpha, every: 1, timeout: 1, name: app}"],
      ['mode: auto', 'ladder: [{do: restart, units: [app.service], after: 2}]'],
    );
    await printed(running, /alpha.*healthy/);
    const begun = printed(running, /alpha.*begun: restart/);
    const done = printed(running, /alpha.*done: restart/);
    const closed = printed(running, /alpha.*the case is closed/);
    await test.on('alpha', 'systemctl kill -s STOP app');
    await begun;
    await done;
    await closed;
    expect(await runsOf('monitor restart')).toBe(1);
    expect(await explain('alpha')).toMatch(
      /Decided: restart[^]*Begun: restart \(run[^]*Done: restart[^]*case is closed/,
    );
  });

  it('reboots a Pi that is ill only once its proposal is approved', async () => {
    const running = await watch(
      ["{command: 'test ! -e /run/broken', hosts: bravo, every: 1, name: not broken}"],
      ['mode: propose', 'ladder: [{do: reboot, after: 2}]'],
    );
    await printed(running, /bravo.*healthy/);
    const proposed = printed(running, /bravo.*proposed: reboot/);
    await test.on('bravo', 'touch /run/broken');
    await proposed;
    expectCode(await project.rpi(['monitor', 'approve', 'alpha']), 2);
    expectCode(await project.rpi(['monitor', 'snooze', 'bravo', '--for', '3s']), 0);
    expect((await monitorStatus(project)).proposals).toEqual([]);
    await printed(running, /bravo.*proposed: reboot/);
    expect(await runsOf('monitor reboot')).toBe(0);
    const done = printed(running, /bravo.*done: reboot/);
    const closed = printed(running, /bravo.*the case is closed/);
    const [proposal] = (await monitorStatus(project)).proposals;
    expect(proposal).toMatchObject({ host: 'bravo', remedy: 'reboot' });
    const approved = await project.rpi(['monitor', 'approve', proposal?.id ?? '']);
    expectCode(approved, 0);
    expect(approved.stdout).toBe('Approved: reboot of bravo.\n');
    await done;
    await closed;
    expect(await runsOf('monitor reboot')).toBe(1);
    expect(await test.on('bravo', 'ls /run')).not.toContain('broken');
    expect(await explain('bravo')).toMatch(
      /put off the proposal[^]*approved the proposal[^]*as approved/,
    );
  });

  it('provisions a Pi that is ill where the policy says auto, by the playbooks of the project', async () => {
    const quick = playbook(['- ansible.builtin.raw: "true"']);
    const mends = playbook(
      ['- ansible.builtin.raw: rm -f /run/broken; touch /run/mended'],
      ['become: true'],
    );
    await project.write({
      'playbooks/upgrade.yml': quick,
      'playbooks/provision.yml': mends,
      'playbooks/verify-environment.yml': quick,
    });
    const running = await watch(
      ["{command: 'test ! -e /run/broken', hosts: bravo, every: 1, name: not broken}"],
      ['mode: auto', 'ladder: [{do: provision, after: 2}]'],
    );
    await printed(running, /bravo.*healthy/);
    const done = printed(running, /bravo.*done: provision/);
    const closed = printed(running, /bravo.*the case is closed/);
    await test.on('bravo', 'touch /run/broken');
    await done;
    await closed;
    expect(await runsOf('monitor provision')).toBe(1);
    const left = await Promise.all(['alpha', 'bravo'].map((name) => test.on(name, 'ls /run')));
    expect(left.map((names) => /broken|mended/.exec(names)?.[0])).toEqual([undefined, 'mended']);
  });

  it('never makes a refused proposal again while the Pi fails in the same way', async () => {
    const running = await watch(
      ["{command: 'test ! -e /run/broken', hosts: bravo, every: 1, name: not broken}"],
      ['mode: propose', 'ladder: [{do: reboot, after: 2}]'],
    );
    const proposed = printed(running, /bravo.*proposed: reboot/);
    await test.on('bravo', 'touch /run/broken');
    await proposed;
    expectCode(await project.rpi(['monitor', 'refuse', 'bravo']), 0);
    await delay(4000);
    expect((await monitorStatus(project)).proposals).toEqual([]);
    expectCode(await project.rpi(['monitor', 'approve', 'bravo']), 2);
    const closed = printed(running, /bravo.*the case is closed/);
    await test.on('bravo', 'rm /run/broken');
    await closed;
  });

  it('switches off and on a Pi whose sshd hangs, and is killed meanwhile: not a second time', async () => {
    const remedies = [
      'mode: auto',
      "ladder: [{do: power-cycle, command: [bin/power, '{host}'], after: 2, tries: 1}]",
    ];
    const running = await watch([], remedies);
    await printed(running, /alpha.*healthy/);
    const begun = printed(running, /alpha.*begun: power-cycle/);
    await test.on('alpha', 'pkill -STOP sshd');
    await begun;
    while ((await readFile(join(project.root, 'asked'), 'utf8').catch(() => '')) === '')
      await delay(50);
    await stop('SIGKILL');
    expectCode(await project.rpi(['monitor', 'approve', 'alpha']), 1);
    const again = await watch([], remedies);
    await printed(again, /alpha.*interrupted: power-cycle/);
    // It still fails, the cool-down is over, and its only try is used up although it never ended.
    await delay(6000);
    expect(await readFile(join(project.root, 'asked'), 'utf8')).toBe('alpha\n');
    const closed = printed(again, /alpha.*the case is closed/);
    await test.cut('alpha');
    await test.plug('alpha');
    await closed;
    expect(await explain('alpha')).toMatch(/Interrupted: power-cycle/);
  });
});
