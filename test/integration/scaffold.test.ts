/** The scaffolded project, judged by Ansible's own tools. Nothing is changed outside a temp folder. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { init } from '../../core/init/init.ts';
import { systemClock } from '../../core/runs/clock.ts';

const execute = promisify(execFile);

let base: string;
let project: string;
beforeAll(async () => {
  // A space in the path: settings of ansible.cfg must survive it.
  base = await mkdtemp(join(tmpdir(), 'rpi scaffold '));
  project = join(base, 'garden');
  const stream = init(
    { folder: project, templates: join(import.meta.dirname, '../../templates'), networks: [] },
    {
      signal: new AbortController().signal,
      clock: systemClock,
      env: { HOME: '/nowhere', XDG_DATA_HOME: join(base, 'data') },
      dryRun: false,
      ask: () => Promise.resolve('no'),
    },
  );
  while ((await stream.next()).done !== true);
});
afterAll(() => rm(base, { recursive: true, force: true }));

async function run(
  command: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly output: string }> {
  const env = { ...process.env, ANSIBLE_NOCOLOR: '1', NO_COLOR: '1' };
  try {
    const { stdout, stderr } = await execute(command, [...args], { cwd: project, env });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = z
      .object({ code: z.number(), stdout: z.string(), stderr: z.string() })
      .parse(error);
    return { code, output: stdout + stderr };
  }
}

const inventory = (text: string): Promise<void> =>
  writeFile(join(project, 'inventory/hosts.yml'), text);

const ONE_HOST = `---
all:
  children:
    ungrouped:
      hosts:
        kitchen:
          ansible_host: 127.0.0.1
          ansible_port: 1
          w1_devices:
            - id: 28-0316a2798ecf
              name: Window
`;

describe('the scaffolded project', () => {
  it('is clean under ansible-lint, strictest profile included', async () => {
    expect(await run('ansible-lint', ['--offline', '--nocolor', '-p'])).toMatchObject({ code: 0 });
    const strict = ['--offline', '--nocolor', '-p', '--strict', '--profile', 'production'];
    const { code, output } = await run('ansible-lint', strict);
    expect(output).toContain('0 failure(s), 0 warning(s)');
    expect(code).toBe(0);
  });

  it('has the right syntax with an empty inventory, and runs on no host', async () => {
    expect(await run('ansible-playbook', ['main.yml', '--syntax-check'])).toMatchObject({
      code: 0,
    });
    const { code, output } = await run('ansible-playbook', ['main.yml']);
    expect(code).toBe(0);
    expect(output.match(/no hosts matched/g)?.length).toBe(6);
  });

  it('works on all Pis that were adopted without a group', async () => {
    await inventory(ONE_HOST);
    const { code, output } = await run('ansible-playbook', ['main.yml', '--list-hosts']);
    expect(code).toBe(0);
    expect(output.match(/^ {6}kitchen$/gm)?.length).toBe(6);
  });

  it('runs the app on one group, if vars/main.yml says so', async () => {
    await inventory(
      'all:\n  hosts: {attic: , kitchen: }\n  children: {sensors: {hosts: {kitchen: }}}\n',
    );
    const list = ['playbooks/deploy.yml', '--list-hosts', '-e', 'app_hosts=sensors'];
    const { output } = await run('ansible-playbook', list);
    expect(output).toContain('kitchen');
    expect(output).not.toContain('attic');
  });

  it('lets every stage be run by its tag', async () => {
    await inventory(ONE_HOST);
    const { output } = await run('ansible-playbook', [
      'main.yml',
      '--list-tasks',
      '--tags',
      'verify',
    ]);
    expect(output).toContain('The disk has room');
    expect(output).toContain('Look at the timer');
    expect(output).not.toContain('Upgrade all packages');
  });

  it('logs in with the key and the host keys of the project, and refuses unknown ones', async () => {
    await inventory(ONE_HOST);
    const { output } = await run('ansible', ['kitchen', '-m', 'ansible.builtin.ping', '-vvv']);
    expect(output).toContain('StrictHostKeyChecking=yes');
    expect(output).toContain(join(base, 'data/rpi'));
    expect(output).toMatch(/UserKnownHostsFile="[^"]*known_hosts"/);
    expect(output).toMatch(/IdentityFile="[^"]*id_ed25519"/);
    expect(output).toContain('Connection refused');
  });
});
