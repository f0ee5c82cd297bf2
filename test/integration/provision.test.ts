/** `rpi provision` and `rpi deploy` on the lab: stages, events, options, secrets, the first adoption. */
import { spawnSync } from 'node:child_process';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  eventsOf,
  expectCode,
  hostsLab,
  playbook,
  printed,
  settings,
  startTestLab,
  whyNoLab,
  type LabProject,
  type TestLab,
} from './lab-fixture.ts';
import { ended, type Ended } from './rpi.ts';

const EMPTY = 'ungrouped:\n  hosts:\n';
const QUICK = playbook(['- name: Quick', '  ansible.builtin.command: "true"']);
const STAGES = ['upgrade', 'provision', 'verify-environment', 'deploy', 'verify-deployment'];
const OPEN = ['--limit', 'alpha,bravo'];

let lab: TestLab;
let project: LabProject;

beforeAll(async () => {
  if (!hostsLab) return;
  lab = await startTestLab([
    { name: 'alpha', login: 'root/raspbian' },
    { name: 'bravo', login: 'pi/raspberry' },
    { name: 'charlie', login: 'locked' },
  ]);
  project = await lab.project({
    'rpi.yml': settings(),
    'inventory/hosts.yml': `# mine\n${EMPTY}`,
  });
});

afterAll(async () => {
  if (hostsLab) await lab[Symbol.asyncDispose]();
});

beforeEach(async () => {
  if (!hostsLab) return;
  for (const name of STAGES) await project.write({ [`playbooks/${name}.yml`]: QUICK });
});

describe.runIf(hostsLab)(`provision with an empty inventory${whyNoLab}`, () => {
  const question = 'Adopt, enroll and provision them all?';

  /** Nothing was adopted, no key was made, nobody logged in. */
  async function expectUntouched(): Promise<void> {
    expect(await project.read('inventory/hosts.yml')).toBe(`# mine\n${EMPTY}`);
    expect(await readdir(project.home)).not.toContain('data');
    const seen =
      'journalctl --sync; journalctl --no-pager -t sshd | grep -cE "Accepted|Failed" || true';
    for (const name of ['alpha', 'bravo', 'charlie']) expect(await lab.on(name, seen)).toBe('0\n');
  }

  it('lists what it found and asks; where nobody answers, all stays as it was', async () => {
    const { code, stdout } = await project.rpi(['provision']);
    expect(code).toBe(5);
    expect(stdout).toContain('Adopt 3 Raspberry Pis');
    expect(stdout).toContain(question);
    await expectUntouched();
  });

  it('answered with no, all stays as it was', async () => {
    const child = await project.start(['provision', '--answers', 'control']);
    const end = ended(child);
    await expect
      .poll(
        async () => {
          const run = await project.last();
          return run.state === 'live' ? eventsOf(run, 'question') : [];
        },
        { timeout: 30_000 },
      )
      .toHaveLength(1);
    const { id } = await project.last();
    expectCode(await project.rpi(['runs', 'answer', id, 'q1', 'no']), 0);
    expectCode(await end, 4);
    expect((await project.last()).finished?.summary).toBe('Nothing was adopted.');
    await expectUntouched();
  });

  it('shows only what it would adopt in a dry run', async () => {
    const { code, stdout } = await project.rpi(['provision', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('Adopt 3 Raspberry Pis');
    await expectUntouched();
  });

  it('goes on to the end with those that let it in, and says who did not', async () => {
    const { code, stdout } = await project.rpi(['provision', '--adopt-all']);
    expect(code).toBe(1);
    const run = await project.last();
    const stages = eventsOf(run, 'step.finished').filter(({ host }) => host === undefined);
    expect(stages.map(({ step, status }) => [step, status])).toEqual(
      expect.arrayContaining([
        ['upgrade', 'ok'],
        ['provision', 'ok'],
      ]),
    );
    for (const { hosts } of eventsOf(run, 'ansible.stats')) {
      expect(Object.keys(hosts).sort()).toEqual(['alpha', 'bravo']);
    }
    expect(run.finished?.status).toBe('failed');
    expect(run.finished?.undone).toEqual([
      expect.stringMatching(/^charlie was not provisioned: .* lets us in by no way we know/),
    ]);
    expect(stdout).toContain('undone: charlie was not provisioned');
    const inventory = await project.read('inventory/hosts.yml');
    expect(inventory.startsWith('# mine\n')).toBe(true);
    for (const name of ['alpha', 'bravo', 'charlie']) expect(inventory).toContain(`    ${name}:`);
  });
});

describe.runIf(hostsLab)(`the stages${whyNoLab}`, () => {
  it('run in their order, and their tasks stand in the journal with file and line', async () => {
    await project.write({
      'playbooks/provision.yml': playbook([
        '- name: First',
        '  ansible.builtin.command: "true"',
        '- name: Second',
        '  ansible.builtin.command: "true"',
        '  changed_when: false',
      ]),
    });
    expectCode(await project.rpi(['provision', ...OPEN]), 0);
    const run = await project.last();
    expect(eventsOf(run, 'step.started').map(({ step }) => step)).toEqual(['upgrade', 'provision']);
    const path = join(project.root, 'playbooks/provision.yml');
    expect(eventsOf(run, 'ansible.task').filter(({ step }) => step === 'provision')).toMatchObject([
      { task: 'First', path, line: 4 },
      { task: 'Second', path, line: 6 },
    ]);
    const results = eventsOf(run, 'ansible.result').filter(({ task }) => task === 'Second');
    expect(results.map(({ host, status }) => [host, status]).sort()).toEqual([
      ['alpha', 'ok'],
      ['bravo', 'ok'],
    ]);
    expect(eventsOf(run, 'output').map(({ text }) => text).join('')).toContain('PLAY RECAP'); // prettier-ignore
  });

  it('end with the first that fails: at file and line, with 1, and with what was not started', async () => {
    await project.write({
      'playbooks/deploy.yml': playbook([
        '- name: Fine everywhere',
        '  ansible.builtin.command: "true"',
        '- name: Break on one',
        '  ansible.builtin.command: "false"',
        '  when: inventory_hostname == "bravo"',
      ]),
    });
    const { code, stdout } = await project.rpi(['deploy', ...OPEN]);
    expect(code).toBe(1);
    const run = await project.last();
    expect(eventsOf(run, 'step.started').map(({ step }) => step)).toEqual([
      'verify_environment',
      'deploy',
    ]);
    const path = join(project.root, 'playbooks/deploy.yml');
    const failed = eventsOf(run, 'ansible.result').filter(({ status }) => status === 'failed');
    expect(failed).toMatchObject([{ host: 'bravo', task: 'Break on one', path, line: 6 }]);
    expect(run.finished).toMatchObject({
      status: 'failed',
      undone: ['Verify the deployment was not started'],
    });
    expect(stdout).toContain(`Deploy failed on bravo (${path}:6: Break on one)`);
    expect(stdout).toContain('undone: Verify the deployment was not started');
  });

  it('whose playbook has a syntax error end with 1 and Ansible’s own words', async () => {
    await project.write({ 'playbooks/provision.yml': '- hosts: all\n  tasks:\n   - name: [\n' });
    const { code, stdout } = await project.rpi(['provision', ...OPEN]);
    expect(code).toBe(1);
    expect(stdout).toContain('Provision failed');
    expect(stdout).toMatch(/line \d/);
  });

  it('whose playbook is not there is wrong input: nothing is started', async () => {
    await project.write({
      'rpi.yml': settings().replace('playbooks/deploy.yml', 'playbooks/gone.yml'),
    });
    const { code, stdout } = await project.rpi(['deploy', ...OPEN]);
    await project.write({ 'rpi.yml': settings() });
    expect(code).toBe(2);
    expect(stdout).toContain('playbooks/gone.yml');
    expect(eventsOf(await project.last(), 'step.started')).toEqual([]);
  });

  it('are only shown in a dry run', async () => {
    const { code, stdout } = await project.rpi(['deploy', '--dry-run', ...OPEN]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Verify the environment .*\n.*Deploy .*\n.*Verify the deployment /);
    expect(stdout).not.toContain('PLAY');
  });
});

describe.runIf(hostsLab)(`options for Ansible${whyNoLab}`, () => {
  const tagged = playbook([
    '- name: Tagged task',
    '  ansible.builtin.copy: {content: "{{ word | default(\'plain\') }}\\n", dest: /tmp/tagged}',
    '  tags: [wanted]',
    '- name: Other task',
    '  ansible.builtin.command: touch /tmp/other',
  ]);
  const files = (name: string): Promise<string> => lab.on(name, 'ls /tmp');

  beforeEach(async () => {
    await project.write({ 'playbooks/provision.yml': tagged });
    for (const name of ['alpha', 'bravo']) await lab.on(name, 'rm -f /tmp/tagged /tmp/other');
  });

  it('--check and --diff predict and show, and change nothing', async () => {
    const { code, stdout } = await project.rpi(['provision', '--check', '--diff', ...OPEN]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\+plain$/m);
    expect(stdout).toContain('check mode: nothing was changed');
    expect(await files('alpha')).not.toMatch(/tagged|other/);
  });

  it('--tags and --limit pick tasks and hosts', async () => {
    const words = [
      'provision',
      '--no-upgrade',
      '--tags',
      'wanted',
      '--limit',
      'all:!bravo:!charlie',
    ];
    expectCode(await project.rpi(words), 0);
    expect(eventsOf(await project.last(), 'step.started')).toMatchObject([{ step: 'provision' }]);
    expect(await files('alpha')).toContain('tagged');
    expect(await files('alpha')).not.toContain('other');
    expect(await files('bravo')).not.toContain('tagged');
  });

  it('counts the hosts that a play was for, not those of the limit', async () => {
    for (const [hosts, told] of [
      ['alpha', 'done on 1 host.'],
      ['alpha:&bravo', 'done, but no play is for any of these hosts.'],
    ] as const) {
      await project.write({
        'playbooks/provision.yml': QUICK.replace('hosts: all', `hosts: ${hosts}`),
      });
      expectCode(await project.rpi(['provision', '--no-upgrade', ...OPEN]), 0);
      expect((await project.last()).finished?.summary).toContain(told);
    }
  });

  it('a limit that names nobody is wrong input, with the nearest name', async () => {
    const { code, stdout } = await project.rpi(['provision', '--limit', 'alphaa']);
    expect(code).toBe(2);
    expect(stdout).toContain('alpha');
    expect(eventsOf(await project.last(), 'step.started')).toEqual([]);
  });

  it.each([
    { words: ['-e', 'word=s3same'] },
    { words: ['--extra-vars', 'word=s3same'] },
    { words: ['--extra-vars=word=s3same'] },
    { words: ['--extra=word=s3same'] },
    { words: ['-ve', 'word=s3same'] },
  ])(
    'what stands after -- comes to Ansible as it is; values of variables are not kept: $words.0',
    async ({ words }) => {
      const ran = ['provision', '--no-upgrade', '-t', 'wanted', '-l', 'alpha', '--', ...words];
      expectCode(await project.rpi(ran), 0);
      expect(await lab.on('alpha', 'cat /tmp/tagged')).toBe('s3same\n');
      const { path, started } = await project.last();
      expect(await readFile(path, 'utf8')).not.toContain('s3same');
      expect(started.args.join(' ')).toContain('…');
      expect(started.args).toContain('wanted');
    },
  );
});

describe.runIf(hostsLab)(`passwords${whyNoLab}`, () => {
  const become = 'b3come-Secret "x" $y';
  const vault = "v4ult-Secret 'x' `y`";
  const inside = 'what-the-vault-holds';
  const secrets = [become, vault, inside];
  /** The program that answers, kept apart from what is searched for secrets. */
  let answers: Readonly<Record<string, string>>;

  beforeAll(async () => {
    await lab.on('bravo', 'rm -f /etc/sudoers.d/*; usermod -aG sudo pi');
    await lab.on('bravo', `cat <<'END' | chpasswd\npi:${become}\nEND`);
    const folder = join(project.home, 'answers');
    await project.write({ '../answers/become': `${become}\n`, '../answers/vault': `${vault}\n` });
    const program = join(folder, 'program');
    const script = `#!/bin/sh\ncase $1 in *sudo*) cat "${folder}/become";; *vault*) cat "${folder}/vault";; *) exit 1;; esac\n`;
    await writeFile(program, script);
    await chmod(program, 0o755);
    const file = join(project.root, 'vars/secret.yml');
    await project.write({ 'vars/secret.yml': `hidden: ${inside}\n` });
    const args = ['encrypt', '--vault-password-file', join(folder, 'vault'), file];
    expect(spawnSync('ansible-vault', args)).toMatchObject({ status: 0 });
    answers = { RPI_ASKPASS: program };
  });

  beforeEach(async () => {
    await project.write({
      'playbooks/upgrade.yml': QUICK,
      'playbooks/provision.yml': playbook(
        [
          '- name: As root, with what the vault holds',
          '  ansible.builtin.copy: {content: "{{ hidden | hash(\'md5\') }} ", dest: /root/proof}',
          '  become: true',
          '- name: Let others look',
          '  ansible.builtin.command: sleep 2',
        ],
        ['vars_files: [../vars/secret.yml]'],
      ),
    });
  });

  const words = ['provision', '-l', 'bravo', '--ask-become-pass', '--ask-vault-pass'];

  it('of sudo and of the vault are given by the askpass program, and stand nowhere', async () => {
    const { end, commandLines, files } = await watched(
      await project.start(words, { env: answers }),
    );
    expect(end.code).toBe(0);
    const md5 = spawnSync('md5sum', { input: inside, encoding: 'utf8' }).stdout.slice(0, 32);
    expect(await lab.on('bravo', 'cat /root/proof')).toContain(md5);
    expect([...commandLines].join('\n')).toContain('--become-password-file');
    expect([...commandLines].join('\n')).toContain('--vault-password-file');
    for (const secret of secrets) {
      expect(end.stdout + end.stderr).not.toContain(secret);
      for (const line of commandLines) expect(line).not.toContain(secret);
      for (const [path, text] of files) expect({ path, has: text.includes(secret) }).toEqual({ path, has: false }); // prettier-ignore
    }
    const left = await readdir(join(project.home, 'rpi'));
    expect(left.filter((name) => name.startsWith('ask-'))).toEqual([]);
  });

  it('that are wrong end the run with 1 and Ansible’s words, and are not kept either', async () => {
    await project.write({ '../answers/become': 'wr0ng-one\n' });
    const sudo = await project.rpi(words, { env: answers });
    await project.write({ '../answers/become': `${become}\n` });
    expect(sudo.code).toBe(1);
    expect(sudo.stdout).toContain('Incorrect sudo password');
    expect((await project.last()).finished?.summary).toContain('bravo');
    await project.write({ '../answers/vault': 'wr0ng-one\n' });
    const locked = await project.rpi(words, { env: answers });
    await project.write({ '../answers/vault': `${vault}\n` });
    expect(locked.code).toBe(1);
    expect(locked.stdout).toContain('Decryption failed');
    for (const { stdout } of [sudo, locked]) expect(stdout).not.toContain('wr0ng-one');
  });

  it('where nobody gives them, nothing waits: the run ends and says what is missing', async () => {
    const { code, stdout } = await project.rpi(words);
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/password|answer/i);
    expectCode(await project.rpi(['provision', '-l', 'bravo']), 1);
  });

  /** Looks, as long as it runs, at every command line of the machine and every file of the run. */
  async function watched(child: ChildProcess): Promise<{
    end: Ended;
    commandLines: ReadonlySet<string>;
    files: ReadonlyMap<string, string>;
  }> {
    const end = ended(child);
    const commandLines = new Set<string>();
    const files = new Map<string, string>();
    await printed(child, /TASK \[Let others look/);
    do {
      for (const pid of await readdir('/proc')) {
        if (!/^\d+$/.test(pid)) continue;
        for (const about of ['cmdline', 'environ']) {
          const text = await readFile(join('/proc', pid, about), 'utf8').catch(() => '');
          commandLines.add(text.replaceAll('\0', ' '));
        }
      }
      for (const [path, text] of await filesIn(project.home)) files.set(path, text);
    } while (child.exitCode === null);
    return { end: await end, commandLines, files };
  }

  async function filesIn(folder: string): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || path.startsWith(join(project.home, 'answers'))) continue;
      found.set(path, await readFile(path, 'utf8').catch(() => ''));
    }
    return found;
  }
});

describe.runIf(hostsLab)(`the project that rpi init makes${whyNoLab}`, () => {
  it(
    'is provisioned twice, and the second time changes nothing',
    {
      timeout: 400_000,
    },
    async () => {
      const own = await lab.project({});
      const well = async (...words: string[]): Promise<void> => {
        expectCode(await own.rpi(words), 0);
      };
      await well('init', '.', '--network', '10.77.0.0/24');
      await well('detect');
      await well('inventory', 'add', 'alpha');
      await well('access', 'enroll', '--accept-new');
      await well('provision');
      await well('provision');
      const stats = eventsOf(await own.last(), 'ansible.stats');
      expect(stats.map(({ step, hosts }) => [step, hosts['alpha']?.changed])).toEqual([
        ['upgrade', 0],
        ['provision', 0],
      ]);
    },
  );
});
