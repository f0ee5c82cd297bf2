/** The monitor reinstalls a Pi that nothing else mends, once a person approves, on the lab. */
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listRuns } from '../../core/runs/reader.ts';
import { startInstallLab, untilState, type InstallLab } from './install-lab-fixture.ts';
import { expectCode, hostsLab, monitorStatus, playbook, printed, whyNoLab } from './lab-fixture.ts';

const SETTINGS = `ansible:
  {upgrade: null, provision: playbooks/provision.yml, verify_environment: null,
  deploy: playbooks/deploy.yml, verify_deployment: null}
monitor:
  {interval: 1, timeout: 2, memory: 101, disk: 101, temperature: 199,
  detection: {failures: 2, window: 3, recover: 2, settle: 5},
  checks: [{command: 'test ! -e /etc/broken', hosts: kitchen, every: 1, name: not broken}],
  remedies: {mode: auto, healthy_for: 3, limits: {cool_down: 5, unhealthy: 50},
  ladder: [{do: reinstall, after: 2, tries: 2}]}}
`;

describe.skipIf(!hostsLab)(`a reinstallation by the monitor${whyNoLab}`, () => {
  let lab: InstallLab;

  beforeAll(async () => {
    lab = await startInstallLab([
      { name: 'kitchen', installSeconds: 8 },
      { name: 'garden', installSeconds: 4 },
    ]);
    const { project } = lab;
    await project.write({
      'rpi.yml': (await project.read('rpi.yml')) + SETTINGS,
      'playbooks/provision.yml': playbook(
        ['- ansible.builtin.raw: touch /etc/provisioned'],
        ['become: true'],
      ),
      'playbooks/deploy.yml': playbook(
        ['- ansible.builtin.raw: touch /etc/deployed'],
        ['become: true'],
      ),
    });
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('is proposed even under auto, done once approved, followed over a killed monitor, set up, and closed when it stayed healthy', async () => {
    const { project } = lab;
    const before = await lab.lab.on('kitchen', 'cat /etc/machine-id');
    const first = await project.start(['monitor']);
    await printed(first, /kitchen.*healthy/);
    const proposed = printed(first, /kitchen.*proposed: reinstall/);
    await lab.lab.on('kitchen', 'touch /etc/broken');
    await proposed;
    expect((await lab.jobs('kitchen')).length).toBe(0);
    const begun = printed(first, /kitchen.*begun: reinstall/);
    const unnamed = await project.rpi(['monitor', 'approve', 'kitchen']);
    expectCode(unnamed, 2);
    expect(unnamed.stderr).toContain('--yes-wipe kitchen');
    expectCode(await project.rpi(['monitor', 'approve', 'kitchen', '--yes-wipe', 'attic']), 2);
    expectCode(await project.rpi(['monitor', 'approve', 'kitchen', '--yes-wipe', 'kitchen']), 0);
    await begun;
    await untilState(lab, 'kitchen', 'installing');
    const { pid } = await monitorStatus(lab.project);
    const killed = once(first, 'close');
    process.kill(pid, 'SIGKILL');
    await killed;

    const second = await project.start(['monitor']);
    const ends = once(second, 'close');
    const done = printed(second, /kitchen.*done: reinstall/);
    const closed = printed(second, /kitchen.*the case is closed/);
    await done;
    await closed;
    const jobs = await lab.jobs('kitchen');
    expect(jobs.map(({ phase }) => phase)).toEqual(['proved']);
    const now = await lab.lab.on('kitchen', 'cat /etc/machine-id; ls /etc');
    expect(now).not.toContain(before.trim());
    expect(now).toMatch(/^provisioned$/m);
    expect(now).toMatch(/^deployed$/m);
    const runs = await listRuns(join(project.root, '.rpi/runs'));
    const mine = runs.filter(({ started }) => started.command === 'monitor reinstall');
    expect(mine.map(({ started }) => started.args.join(' '))).toEqual([
      'install resume kitchen',
      'install kitchen --provision --deploy',
    ]);
    second.kill('SIGINT');
    expect((await ends)[0]).toBe(0);
    const story = await project.rpi(['monitor', 'explain', 'kitchen']);
    expect(story.stdout).toMatch(/approved the proposal[^]*Done: reinstall[^]*case is closed/);
  });
});
