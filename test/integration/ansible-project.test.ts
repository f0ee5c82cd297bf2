/** Ansible itself takes the right project, so that its silence about it is worth something. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/bundles.ts';

const run = promisify(execFile);
const sample = join(ROOT, 'test/unit/analysis/ansible-project/samples/right');

describe('the right project of the unit tests', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rpi-right-'));
    await cp(sample, folder, { recursive: true });
    // The role that requirements.yml names, as if it were installed.
    const tasks = join(folder, 'roles/geerlingguy.docker/tasks');
    await mkdir(tasks, { recursive: true });
    await writeFile(join(tasks, 'main.yml'), '---\n- ansible.builtin.debug:\n    msg: there\n');
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it.each(['site.yml', 'playbooks/maintenance.yml'])(
    '%s passes --syntax-check',
    async (playbook) => {
      const { stderr } = await run('ansible-playbook', ['--syntax-check', playbook], {
        cwd: folder,
      });
      expect(stderr).not.toMatch(/ERROR/);
    },
  );

  it('has an inventory with the hosts that rpi sees', async () => {
    const { stdout } = await run('ansible-inventory', ['--graph', 'pis'], { cwd: folder });
    for (const host of ['greenhouse', 'kitchen', 'hall2', 'attic']) expect(stdout).toContain(host);
  });
});
