/** The project of 2015 after “fix all”: ansible-lint takes it, and it runs on a virtual Pi. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enterCommand } from '../../lab/lab.ts';
import {
  fixedAll,
  WRITE_UP,
  writeUp,
  type Texts,
} from '../unit/analysis/ansible-project/write-up.ts';
import { fullTests, hostsLab, startTestLab, whyNoLab, type TestLab } from './lab-fixture.ts';

const run = promisify(execFile);
/** No rule of this profile is left out; the next one wants full names of modules only. */
const PROFILE = 'shared';

let home: string;
let folder: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'rpi-wu-'));
  folder = join(home, 'p');
  await cp(WRITE_UP, folder, { recursive: true, verbatimSymlinks: true });
  await write((await fixedAll(writeUp())).texts);
});

afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

async function write(texts: Texts): Promise<void> {
  for (const [path, text] of Object.entries(texts)) await writeFile(join(folder, path), text);
}

describe('the project of 2015', () => {
  const documents = Object.keys(writeUp()).filter((path) => path.endsWith('.yml'));
  const words = ['--offline', '--nocolor', '-p', '--profile', PROFILE, ...documents];
  const lint = (cwd: string): ReturnType<typeof run> =>
    run('ansible-lint', words, { cwd, env: { ...process.env, HOME: home } });

  it('is refused by ansible-lint, and taken after “fix all”', async () => {
    const asItWas = join(home, 'as-it-was');
    await cp(WRITE_UP, asItWas, { recursive: true, verbatimSymlinks: true });
    await expect(lint(asItWas)).rejects.toMatchObject({
      stdout: expect.stringContaining("'sudo' is not a valid attribute for a Play") as string,
    });
    const { stdout, stderr } = await lint(folder);
    expect(`${String(stdout)}${String(stderr)}`).toContain('0 failure(s), 0 warning(s)');
  });
});

// Ninety seconds of apt on a virtual Pi: in test:full.
describe.runIf(hostsLab && fullTests)(
  `the project of 2015 after “fix all”, on a virtual Pi${whyNoLab}`,
  () => {
    let lab: TestLab;

    beforeAll(async () => {
      lab = await startTestLab([{ name: 'pi1', login: 'key' }]);
      const fixed = (await fixedAll(writeUp())).texts['inventory/hosts'] ?? '';
      await write({ 'inventory/hosts': fixed.replace('192.168.1.20', lab.address('pi1')) });
    });

    afterAll(async () => {
      await lab[Symbol.asyncDispose]();
    });

    async function play(): Promise<string> {
      const words = ['main.yml', '--private-key', lab.lab.identity];
      const { command, args } = await enterCommand('ansible-playbook', words, { dir: lab.lab.dir });
      const env = {
        PATH: process.env['PATH'],
        LANG: 'C.UTF-8',
        HOME: home,
        ANSIBLE_HOME: join(home, 'ansible'),
        ANSIBLE_NOCOLOR: '1',
        ANSIBLE_SSH_ARGS: `-o ControlMaster=no -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=${join(home, 'known_hosts')}`,
      };
      const { stdout } = await run(command, args, { cwd: folder, env });
      return stdout;
    }

    it('runs to its end, and the second time changes nothing', { timeout: 400_000 }, async () => {
      expect(await play()).toMatch(/^pi1 .* unreachable=0 +failed=0 /m);
      const page = await lab.on('pi1', 'curl -s http://localhost/');
      expect(page).toContain('<p>pi1 runs Debian on');
      expect(await lab.on('pi1', 'stat -c %a /var/www/pi')).toBe('775\n');
      expect(await lab.on('pi1', 'readlink /var/www/readings.db')).toBe(
        '/srv/readings/readings.db\n',
      );
      expect(await play()).toMatch(/^pi1 .* changed=0 +unreachable=0 +failed=0 /m);
    });
  },
);
