import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ansibleVersion,
  findAnsible,
  isAtLeast,
  requireAnsible,
} from '../../../core/ansible/find.ts';
import { openProject, type Project } from '../../../core/project/project.ts';
import { writeExecutable } from '../executable.ts';

let folder: string;
let env: Record<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rpi-find-'));
  env = { HOME: join(folder, 'home'), PATH: join(folder, 'path') };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** An ansible-playbook that says its version, or one that does not run. */
async function install(path: string, version: string | undefined): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  const text =
    version === undefined
      ? '#!/gone/python3\n'
      : `#!/bin/sh\necho 'ansible-playbook [core ${version}]'\n`;
  await writeExecutable(file, text);
  return file;
}

async function project(setting?: string): Promise<Project> {
  const root = join(folder, 'project');
  await mkdir(root, { recursive: true });
  const ansible = setting === undefined ? '' : `ansible: {command: "${setting}"}\n`;
  await writeFile(join(root, 'rpi.yml'), `version: 1\nid: findtest\n${ansible}`);
  return openProject(root, env);
}

describe('the Ansible that is used', () => {
  it('is that of the setting, a venv, pipx, the PATH, in this order', async () => {
    const places = [
      ['path/ansible-playbook', 'path'],
      ['home/.local/pipx/venvs/ansible-core/bin/ansible-playbook', 'pipx'],
      ['home/.local/bin/ansible-playbook', 'pipx'],
      ['project/.venv/bin/ansible-playbook', 'venv'],
      ['active/bin/ansible-playbook', 'venv'],
    ] as const;
    expect(await findAnsible(await project(), env)).toBeUndefined();
    env['VIRTUAL_ENV'] = join(folder, 'active');
    for (const [index, [path, source]] of places.entries()) {
      const playbook = await install(path, `2.15.${index}`);
      expect(await findAnsible(await project(), env)).toEqual({
        playbook,
        version: `2.15.${index}`,
        source,
      });
    }
    const own = await install('own/ansible-playbook', '2.16.1');
    expect(await findAnsible(await project(own), env)).toEqual({
      playbook: own,
      version: '2.16.1',
      source: 'setting',
    });
  });

  it('is before all the one that a person names for this machine, and no other', async () => {
    await install('path/ansible-playbook', '2.17.0');
    const setting = await install('own/ansible-playbook', '2.16.1');
    const mine = await install('mine/ansible-playbook', '2.18.0');
    expect(await findAnsible(await project(setting), { ...env, RPI_ANSIBLE: mine })).toEqual({
      playbook: mine,
      version: '2.18.0',
      source: 'environment',
    });
    await expect(
      findAnsible(await project(setting), { ...env, RPI_ANSIBLE: '/nowhere/ansible-playbook' }),
    ).rejects.toMatchObject({
      code: 'command.not-found',
      remedy: expect.stringContaining('rpi.ansible.path') as string,
    });
  });

  it('is found without a project too', async () => {
    const playbook = await install('path/ansible-playbook', '2.17.0');
    expect(await findAnsible(undefined, env)).toEqual({
      playbook,
      version: '2.17.0',
      source: 'path',
    });
  });

  it('is the next one where a venv’s Python is gone', async () => {
    await install('project/.venv/bin/ansible-playbook', undefined);
    const playbook = await install('path/ansible-playbook', '2.17.0');
    expect(await findAnsible(await project(), env)).toMatchObject({ playbook, source: 'path' });
  });

  it('is no other one where the setting names one that does not run', async () => {
    await install('path/ansible-playbook', '2.17.0');
    await expect(findAnsible(await project('nowhere/ansible-playbook'), env)).rejects.toMatchObject(
      {
        code: 'command.not-found',
        message: expect.stringContaining('nowhere/ansible-playbook') as string,
      },
    );
  });

  it('must be there and recent enough where it is needed', async () => {
    await expect(requireAnsible(undefined, env)).rejects.toMatchObject({
      code: 'ansible.not-found',
    });
    await install('path/ansible-playbook', '2.9.27');
    await expect(requireAnsible(undefined, env)).rejects.toMatchObject({ code: 'ansible.too-old' });
    await install('path/ansible-playbook', '2.14.0');
    await expect(requireAnsible(undefined, env)).resolves.toMatchObject({ version: '2.14.0' });
  });
});

it('versions are compared by number, part by part', () => {
  expect(isAtLeast('2.14.18', '2.14')).toBe(true);
  expect(isAtLeast('2.9.27', '2.14')).toBe(false);
  expect(isAtLeast('2.20.0rc1', '2.14')).toBe(true);
  expect(isAtLeast('3', '2.14')).toBe(true);
  expect(isAtLeast('2.14', '2.14.1')).toBe(false);
});

it.each([
  ['ansible-playbook [core 2.14.18]\n  config file = None\n', '2.14.18'],
  ['ansible-playbook [base 2.10.17]\n', '2.10.17'],
  ['ansible-playbook 2.9.27\n', '2.9.27'],
  ['[WARNING]: something\nansible-playbook [core 2.19.0]\n', '2.19.0'],
  ['command not found', undefined],
])('reads the version in %j', (output, version) => {
  expect(ansibleVersion(output)).toBe(version);
});
