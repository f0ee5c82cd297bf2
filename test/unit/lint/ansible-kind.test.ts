import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ansibleKindOf, ansibleRootOf } from '../../../core/lint/ansible-kind.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rpi-kind-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, text = ''): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

it('takes the nearest rpi.yml or ansible.cfg for the project’s root', async () => {
  await write('a/rpi.yml');
  const inner = await write('a/b/roles/web/tasks/main.yml');
  expect(ansibleRootOf(inner)).toBe(join(root, 'a'));
  await write('a/b/ansible.cfg');
  expect(ansibleRootOf(inner)).toBe(join(root, 'a/b'));
});

it('takes the outermost folder that looks like a project where neither is', async () => {
  await write('.git/HEAD');
  const play = await write('ansible/playbooks/site.yml');
  await write('ansible/playbooks/group_vars/all.yml');
  expect(ansibleRootOf(play)).toBe(join(root, 'ansible'));
  expect(ansibleRootOf(await write('compose.yml'))).toBeUndefined();
});

it('tells files by their places and names', async () => {
  await write('rpi.yml', 'inventory: fleet.yml # ours\n');
  await write('ansible.cfg', '[defaults]\ninventory = lab.ini, extra\n');
  const kind = async (path: string): Promise<string | undefined> =>
    ansibleKindOf(await write(path, path === 'rpi.yml' ? 'inventory: fleet.yml # ours\n' : ''));
  expect(await kind('rpi.yml')).toBe('rpi-yml');
  for (const path of ['fleet.yml', 'lab.ini', 'extra', 'hosts', 'inventory/hosts.yml']) {
    expect(await kind(path)).toBe('inventory');
  }
  expect(await kind('roles/web/templates/a.conf.j2')).toBe('template');
  for (const path of [
    'site.yml',
    'inventory/group_vars/all.yml',
    'group_vars/web',
    'roles/hosts/tasks/main.yml',
  ]) {
    expect(await kind(path)).toBe('ansible');
  }
  for (const path of ['README.md', 'setup.cfg', 'LICENSE'])
    expect(await kind(path)).toBeUndefined();
});
