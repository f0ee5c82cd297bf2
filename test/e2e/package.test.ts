import { spawnSync } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PACKED } from './pack.ts';
import { temporaryFolder } from '../temporary.ts';

test('the packed extension has all that rpi needs, with no checkout in reach', async () => {
  expect((await stat(PACKED)).size).toBeLessThan(2 * 1024 * 1024);

  const folder = await temporaryFolder();
  const python = ['-m', 'zipfile', '-e', PACKED, folder];
  expect(spawnSync('python3', python).status).toBe(0);
  const extension = join(folder, 'extension');
  const shipped = await readdir(extension, { recursive: true });
  expect(shipped).toEqual(
    expect.arrayContaining([
      'package.json',
      'dist/extension.js',
      'dist/server.js',
      'dist/rpi.js',
      'dist/rpi.schema.json',
      'ansible/plugins/callback/rpi_events.py',
      'templates/project/.gitignore.ejs',
      'docs/rpi-yml.md',
      'snippets/playbook.json',
    ]),
  );
  expect(
    shipped.filter((name) => /__pycache__|node_modules|^(lab|test|core)\//.test(name)),
  ).toEqual([]);
  const init = spawnSync(process.execPath, [join(extension, 'dist/rpi.js'), 'init', 'pis'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, XDG_STATE_HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  });
  expect(init.stdout).toContain('files created');
  expect(await readdir(join(folder, 'pis'))).toEqual(
    expect.arrayContaining(['rpi.yml', 'ansible.cfg', 'main.yml', 'inventory', 'roles']),
  );
});
