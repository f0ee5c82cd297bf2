/** Pis that restart, come and go, on the lab, by the built `rpi`. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSightings } from '../../core/detect/sightings.ts';
import { projectState } from '../../core/project/paths.ts';
import {
  eventsOf,
  expectCode,
  hostsLab,
  playbook,
  printed,
  settings,
  twoEnrolled,
  whyNoLab,
  type LabProject,
  type TestLab,
} from './lab-fixture.ts';
import { ended } from './rpi.ts';

let test: TestLab;
let project: LabProject;

const bootId = (name: string): Promise<string> =>
  test.on(name, 'cat /proc/sys/kernel/random/boot_id');

describe.runIf(hostsLab)(`living with Pis on the lab${whyNoLab}`, () => {
  beforeAll(async () => {
    ({ test, project } = await twoEnrolled({
      'rpi.yml': settings(),
      'playbooks/one.yml': playbook(['- name: One', '  ansible.builtin.command: "true"']),
      'playbooks/broken.yml': playbook(['- name: Broken', '  ansible.builtin.command: "false"']),
    }));
  });

  afterAll(async () => {
    await test[Symbol.asyncDispose]();
  });

  it('reboots one after the other and waits for a new boot of each', async () => {
    const before = [await bootId('alpha'), await bootId('bravo')];
    const done = await project.rpi(['reboot', 'alpha', 'bravo', '--yes', '--parallel', '1']);
    expectCode(done, 0);
    const after = [await bootId('alpha'), await bootId('bravo')];
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    const run = await project.last();
    const order = run.events.flatMap((event) =>
      event.kind === 'host.started' || event.kind === 'host.finished'
        ? [`${event.kind} ${event.host}`]
        : [],
    );
    expect(order).toEqual([
      'host.started alpha',
      'host.finished alpha',
      'host.started bravo',
      'host.finished bravo',
    ]);
    expect(eventsOf(run, 'step.progress').length).toBeGreaterThan(1);
    expectCode(await project.rpi(['exec', '--', 'uptime', '-p']), 0);
  });

  it('says which Pi did not come back, and leaves no lock', async () => {
    const child = await project.start(['reboot', 'bravo', '--yes', '--deadline', '8']);
    await printed(child, /reboot it/);
    await test.cut('bravo');
    const { code, stdout } = await ended(child);
    expect(code).toBe(1);
    expect(stdout).toMatch(/bravo is not back 8 s after/);
    const run = await project.last();
    expect(eventsOf(run, 'host.finished')[0]?.error?.code).toBe('reboot.not-back');
    expect(run.finished?.undone).toEqual(['bravo was told to reboot and was not seen back.']);
    await test.plug('bravo');
    expectCode(await project.rpi(['exec', '-l', 'bravo', '--', 'true']), 0);
  });

  it('watches: what comes is told within moments, what goes is told once, Ctrl-C is its end', async () => {
    await test.cut('bravo');
    const child = await project.start(['detect', '--watch', '--interval', '5']);
    await printed(child, /alpha/);
    const back = printed(child, /bravo/);
    await test.plug('bravo');
    await back;
    const gone = printed(child, /does not answer any more/);
    await test.cut('bravo');
    await gone;
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(0);
    const run = await project.last();
    expect(run.started.command).toBe('detect --watch');
    expect(run.id).toMatch(/-detect-watch-/);
    const told = eventsOf(run, 'sighting').map(({ sighting }) => sighting.name);
    expect(told.filter((name) => name === 'alpha').length).toBeLessThanOrEqual(2);
    expect(run.events.length).toBeLessThan(15);
    const seen = await loadSightings(projectState(project.root));
    expect(seen.map(({ name }) => name).sort()).toEqual(['alpha', 'bravo']);
    await test.plug('bravo');
  });

  it('runs any playbook with our events, and stops at the first that fails', async () => {
    const fine = await project.rpi(['playbook', 'playbooks/one.yml', '--limit', 'alpha']);
    expectCode(fine, 0);
    expect(eventsOf(await project.last(), 'ansible.stats')[0]?.hosts).toHaveProperty('alpha');
    const files = ['playbooks/broken.yml', 'playbooks/one.yml'];
    const broken = await project.rpi(['playbook', ...files, '--', '--forks', '1']);
    expectCode(broken, 1);
    const run = await project.last();
    expect(eventsOf(run, 'ansible.result').at(-1)).toMatchObject({ status: 'failed', line: 4 });
    expect(run.finished?.undone).toEqual(['playbooks/one.yml was not started']);
    expectCode(await project.rpi(['playbook', 'playbooks/none.yml']), 2);
  });

  it('forwards a port of a Pi until Ctrl-C', async () => {
    await test.on(
      'alpha',
      'systemd-run --unit=web python3 -m http.server 8080 --bind 127.0.0.1 --directory /etc',
    );
    const child = await project.start(['forward', 'alpha', '8080']);
    const text = await printed(child, /http:\/\/127\.0\.0\.1:\d+\//);
    expect(text).toMatch(/port 8080 of alpha/);
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(0);
    const journal = await readFile((await project.last()).path, 'utf8');
    expect(journal).toContain('"kind":"forward"');
  });
});
