/** What goes wrong on the way, on the lab: each fault once, by the built `rpi`. */
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  eventsOf,
  expectCode,
  fullTests,
  hostsLab,
  playbook,
  processesOf,
  settings,
  twoEnrolled,
  whyNoLab,
  type LabProject,
  type TestLab,
} from './lab-fixture.ts';
import { ended } from './rpi.ts';

/** A task that lasts: it says so on the Pi, then waits to be interrupted. */
const BUSY = [
  '- name: Work for long',
  '  ansible.builtin.shell: touch /tmp/busy; sleep 600',
  '  when: inventory_hostname == "bravo"',
];
const QUICK = playbook(['- name: Quick', '  ansible.builtin.command: "true"']);
const LASTING = playbook([
  ...BUSY,
  '- name: Afterwards',
  '  ansible.builtin.command: touch /run/afterwards',
]);
/** As the scaffold has it, but a Pi that falls silent counts as gone after two seconds. */
const IMPATIENT = `[ssh_connection]
ssh_args = -o ControlMaster=auto -o ControlPersist=60s -o ConnectTimeout=3 -o ServerAliveInterval=1 -o ServerAliveCountMax=2
`;
const STAGES = ['upgrade', 'provision', 'verify-environment', 'deploy', 'verify-deployment'];

let test: TestLab;
let project: LabProject;

/** Resolves when the lasting task runs on bravo. */
async function busy(): Promise<void> {
  await expect
    .poll(() => test.on('bravo', 'ls /tmp/busy 2>/dev/null || true'), {
      timeout: 60_000,
      interval: 200,
    })
    .toContain('busy');
}

/** Starts the words and waits until they are in the middle of their work on bravo. */
async function inTheMiddle(args: readonly string[]): Promise<ChildProcess> {
  const child = await project.start(args);
  await busy();
  return child;
}

async function locks(): Promise<string[]> {
  return readdir(join(project.root, '.rpi', 'locks'));
}

async function allQuick(): Promise<void> {
  for (const name of STAGES) await project.write({ [`playbooks/${name}.yml`]: QUICK });
}

describe.runIf(hostsLab)(`faults on the lab${whyNoLab}`, () => {
  beforeAll(async () => {
    ({ test, project } = await twoEnrolled({
      'rpi.yml': settings(['monitor:', '  timeout: 4']),
      'ansible.cfg': IMPATIENT,
    }));
  });

  afterAll(async () => {
    await test[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    await allQuick();
    for (const name of ['alpha', 'bravo']) await test.on(name, 'rm -f /tmp/busy /run/afterwards');
  });

  describe.each([
    { word: 'provision', playbook: 'provision', left: [] },
    { word: 'deploy', playbook: 'deploy', left: ['Verify the deployment was not started'] },
  ])('a Pi whose power is cut in the middle of $word', ({ word, playbook: stage, left }) => {
    it('is named, the others go on, and the next run succeeds', async () => {
      await project.write({ [`playbooks/${stage}.yml`]: LASTING });
      const child = await inTheMiddle([word]);
      await test.cut('bravo');
      const { code, stdout } = await ended(child);
      expect(code).toBe(1);
      const run = await project.last();
      expect(eventsOf(run, 'ansible.stats').at(-1)?.hosts).toMatchObject({
        alpha: { unreachable: 0, failed: 0 },
        bravo: { unreachable: 1 },
      });
      expect(run.finished).toMatchObject({ status: 'failed', undone: left });
      expect(run.finished?.summary).toContain('bravo');
      expect(run.finished?.summary).not.toContain('alpha');
      expect(stdout).toContain(`playbooks/${stage}.yml:4: Work for long`);
      expect(await test.on('alpha', 'ls /run/afterwards')).toContain('afterwards');
      expect(await locks()).toEqual([]);
      await test.plug('bravo');
      await allQuick();
      expectCode(await project.rpi([word]), 0);
    });
  });

  it('a Pi whose power is cut while it is measured is named, and the others are measured', async () => {
    // sshd runs this before any command: the measuring hangs there.
    const hang = 'echo "touch /tmp/busy; sleep 600" | tee /root/.ssh/rc /home/pi/.ssh/rc';
    await test.on('bravo', hang);
    try {
      const child = await inTheMiddle(['monitor', '--once']);
      await test.cut('bravo');
      const { code, stdout } = await ended(child);
      expect(code).toBe(1);
      expect(stdout).toMatch(/^alpha +(healthy|warning)/m);
      expect(stdout).toMatch(/^bravo +unreachable/m);
    } finally {
      await test.plug('bravo');
      await test.on('bravo', 'rm -f /root/.ssh/rc /home/pi/.ssh/rc');
    }
  });

  it.runIf(fullTests)(
    'a Pi that is cut in a project without any ssh settings is not waited for without end',
    { timeout: 400_000 },
    async () => {
      await project.write({ 'ansible.cfg': '', 'playbooks/provision.yml': LASTING });
      const child = await inTheMiddle(['provision']);
      await test.cut('bravo');
      expectCode(await ended(child), 1);
      expect((await project.last()).finished?.summary).toContain('bravo');
      await project.write({ 'ansible.cfg': IMPATIENT });
      await test.plug('bravo');
    },
  );

  describe('without Ansible', () => {
    const without = { by: ['env', 'PATH=/nonexistent'] };

    it.each(['provision', 'deploy'])('%s says what to install and does nothing', async (word) => {
      const { code, stdout } = await project.rpi([word], without);
      expect(code).toBe(3);
      expect(stdout).toContain('ansible.not-found');
      expect(stdout).toMatch(/→ .*pipx install ansible-core/);
      expect(eventsOf(await project.last(), 'step.started')).toEqual([]);
    });

    it('nothing is detected, adopted or enrolled for a provisioning that can’t be', async () => {
      const empty = await test.project({
        'rpi.yml': settings(),
        'inventory/hosts.yml': 'ungrouped:\n  hosts:\n',
      });
      const { code } = await empty.rpi(['provision', '--adopt-all'], without);
      expect(code).toBe(3);
      expect(eventsOf(await empty.last(), 'sighting')).toEqual([]);
      expect(await empty.read('inventory/hosts.yml')).toBe('ungrouped:\n  hosts:\n');
    });
  });

  describe('Ctrl-C in the middle of provision', () => {
    it('ends Ansible and all it started, says what is undone, and frees the hosts', async () => {
      await project.write({ 'playbooks/upgrade.yml': LASTING });
      const child = await inTheMiddle(['provision']);
      child.kill('SIGINT');
      const { code, stdout, stderr } = await ended(child);
      expect(code).toBe(130);
      expect(stderr).toContain('Cancelling');
      expect(stdout).toContain('undone: Update and upgrade was not finished');
      expect(stdout).toContain('undone: Provision was not started');
      expect((await project.last()).finished).toMatchObject({ status: 'cancelled' });
      expect(await locks()).toEqual([]);
      await expect.poll(() => processesOf(project), { timeout: 20_000 }).toEqual([]);
      await allQuick();
      expectCode(await project.rpi(['provision']), 0);
    });

    it('from another terminal does the same', async () => {
      await project.write({ 'playbooks/provision.yml': LASTING });
      const child = await inTheMiddle(['provision']);
      const end = ended(child);
      expectCode(await project.rpi(['runs', 'cancel', (await project.last()).id]), 0);
      expectCode(await end, 130);
      expect((await project.last()).finished).toMatchObject({
        status: 'cancelled',
        undone: ['Provision was not finished'],
      });
      expect(await locks()).toEqual([]);
    });
  });

  it('after a kill -9 the run is shown as interrupted, Ansible has ended, and the next run has the hosts', async () => {
    await project.write({ 'playbooks/provision.yml': LASTING });
    const child = await inTheMiddle(['provision']);
    const end = once(child, 'exit');
    child.kill('SIGKILL');
    await end;
    expect((await project.rpi(['runs', 'list'])).stdout).toMatch(/provision +interrupted/);
    expect((await project.rpi(['runs', 'show'])).stdout).toContain('interrupted');
    await expect.poll(() => processesOf(project), { timeout: 20_000 }).toEqual([]);
    expect(await locks()).not.toEqual([]);
    await allQuick();
    expectCode(await project.rpi(['provision']), 0);
    expect(await locks()).toEqual([]);
  });

  it('of two runs that want one host the second is refused and names the first; other hosts are free', async () => {
    await project.write({ 'playbooks/provision.yml': LASTING });
    const first = await inTheMiddle(['provision', '--limit', 'bravo']);
    const end = ended(first);
    for (const words of [['deploy'], ['provision', '--limit', 'bravo']]) {
      const second = await project.rpi(words);
      expect(second.code).toBe(4);
      expect(second.stdout).toContain(
        `host bravo is in use by “rpi provision” (process ${String(first.pid)})`,
      );
      expect(second.stdout).not.toContain('PLAY');
    }
    const enroll = await project.rpi(['access', 'enroll', 'bravo']);
    expect(enroll).toMatchObject({ code: 4 });
    expect(enroll.stdout).toContain('rpi provision');
    expectCode(await project.rpi(['deploy', '--limit', 'alpha']), 0);
    first.kill('SIGINT');
    await end;
  });

  it('a changed host key: nothing is run there, both fingerprints are shown, and the others go on', async () => {
    const fingerprint = async (): Promise<string> => {
      const line = await test.on('bravo', 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub');
      return line.split(' ')[1] ?? '';
    };
    const logins = (): Promise<string> =>
      test.on(
        'bravo',
        'journalctl --sync; journalctl --no-pager -t sshd | grep -cE "Accepted|Failed|Postponed" || true',
      );
    const before = await fingerprint();
    const keep =
      'cp -a /etc/ssh /root/ssh-before; rm /etc/ssh/ssh_host_*; ssh-keygen -A >/dev/null';
    await test.on('bravo', `${keep}; systemctl restart ssh`);
    try {
      // Connections that Ansible keeps open were made with the right key.
      await test.on('bravo', 'pkill -f "[s]shd: (root|pi)" || true');
      const after = await fingerprint();
      const seen = await logins();
      const monitor = await project.rpi(['monitor', '--once']);
      expect(monitor.code).toBe(1);
      expect(monitor.stdout).toMatch(/^alpha +(healthy|warning)/m);
      expect(monitor.stdout).toMatch(/^bravo +locked/m);
      expect(monitor.stdout).toContain(before);
      expect(monitor.stdout).toContain(after);
      const provision = await project.rpi(['provision']);
      expect(provision.code).toBe(1);
      const [stats] = eventsOf(await project.last(), 'ansible.stats');
      expect(stats?.hosts).toMatchObject({ alpha: { ok: 1 }, bravo: { ok: 0, unreachable: 1 } });
      expect(await logins()).toBe(seen);
    } finally {
      await test.on(
        'bravo',
        'cp -a /root/ssh-before/ssh_host_* /etc/ssh/; rm -r /root/ssh-before; systemctl restart ssh',
      );
    }
  });

  it('an unknown host key is refused by the policy: no Pi is enrolled or provisioned', async () => {
    const strict = await test.project({
      'rpi.yml': settings(['access:', '  host_keys: refuse']),
      'inventory/hosts.yml': 'ungrouped:\n  hosts:\n',
      'playbooks/upgrade.yml': QUICK,
      'playbooks/provision.yml': QUICK,
    });
    const { code, stdout } = await strict.rpi(['provision', '--adopt-all']);
    expect(code).toBe(4);
    expect(stdout).toContain('Provisioning was not started');
    const run = await strict.last();
    expect(eventsOf(run, 'host.finished').filter(({ error }) => error !== undefined)).toHaveLength(
      2,
    );
    expect(eventsOf(run, 'ansible.play')).toEqual([]);
    const known = join(strict.home, 'data/rpi/lab-test/known_hosts');
    expect(await readFile(known, 'utf8').catch(() => '')).toBe('');
    // They are in the inventory now. ssh itself asks nobody either, not even who would say yes.
    await strict.write({ 'bin/yes': '#!/bin/sh\necho yes\n' });
    const again = await strict.rpi(['provision'], {
      env: { RPI_ASKPASS: join(strict.root, 'bin/yes') },
    });
    expectCode(again, 1);
    expect(again.stdout).toContain('Host key verification failed');
    expect(await readFile(known, 'utf8').catch(() => '')).toBe('');
  });
});
