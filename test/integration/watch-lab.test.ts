/** The monitor as a process of its own, over Pis that lose power, on the lab. */
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  expectCode,
  hostsLab,
  monitorStatus,
  printed,
  settings,
  twoEnrolled,
  whyNoLab,
  type LabProject,
  type TestLab,
} from './lab-fixture.ts';

let test: TestLab;
let project: LabProject;

const stateOf = async (host: string): Promise<string | undefined> =>
  (await monitorStatus(project)).hosts.find((each) => each.host === host)?.state;

describe.runIf(hostsLab)(`the monitor on the lab${whyNoLab}`, () => {
  beforeAll(async () => {
    const monitor = 'monitor: {interval: 1, timeout: 3, memory: 101, disk: 101, temperature: 199}';
    ({ test, project } = await twoEnrolled({
      'rpi.yml': settings([monitor]),
    }));
  });

  afterAll(async () => {
    await test[Symbol.asyncDispose]();
  });

  it('tells a power cut, judges the Pi as failed, and tells the boot that nobody asked for', async () => {
    const monitor = await project.start(['monitor']);
    const ends = once(monitor, 'close');
    await printed(monitor, /alpha.*(?:healthy|warning)/);
    expectCode(await project.rpi(['monitor']), 4);
    const gone = printed(monitor, /alpha.*unreachable/);
    const failed = printed(monitor, /alpha.*judged failed/);
    await test.cut('alpha');
    await gone;
    await failed;
    expect(await stateOf('bravo')).toMatch(/healthy|warning/);
    const rebooted = printed(monitor, /alpha.*rebooted, and nobody asked for it/);
    await test.plug('alpha');
    await rebooted;
    monitor.kill('SIGINT');
    expect((await ends)[0]).toBe(0);
    const story = await project.rpi(['monitor', 'explain', 'alpha']);
    expectCode(story, 0);
    expect(story.stdout).toMatch(/failed/);
  });

  it('goes on after it was killed, and is asked again', async () => {
    const first = await project.start(['monitor']);
    await printed(first, /bravo.*(?:healthy|warning)/);
    const { pid } = await monitorStatus(project);
    const killed = once(first, 'close');
    process.kill(pid, 'SIGKILL');
    await killed;
    expectCode(await project.rpi(['monitor', 'status']), 1);
    const second = await project.start(['monitor']);
    const ends = once(second, 'close');
    await printed(second, /bravo.*(?:healthy|warning)/);
    expect((await monitorStatus(project)).pid).not.toBe(pid);
    second.kill('SIGINT');
    expect((await ends)[0]).toBe(0);
  });
});
