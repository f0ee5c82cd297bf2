import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFileAtomic } from '../../../core/files/atomic.ts';
import { temporaryFolder } from '../../temporary.ts';

test('replaces the content and keeps the mode', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'hosts.yml');
  await writeFile(path, 'old');
  await chmod(path, 0o640);
  await writeFileAtomic(path, 'new');
  expect(await readFile(path, 'utf8')).toBe('new');
  expect((await stat(path)).mode & 0o777).toBe(0o640);
  expect(await readdir(folder)).toEqual(['hosts.yml']);
});

test('writes through a symbolic link and leaves the link', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'real.yml'), 'old');
  await symlink('real.yml', join(folder, 'link.yml'));
  await writeFileAtomic(join(folder, 'link.yml'), 'new');
  expect(await readFile(join(folder, 'real.yml'), 'utf8')).toBe('new');
});

test('a folder that is not there is an error with a remedy, and nothing is left', async () => {
  const folder = await temporaryFolder();
  await expect(writeFileAtomic(join(folder, 'no', 'file'), 'x')).rejects.toMatchObject({
    code: 'file.not-writable',
    remedy: expect.stringContaining('folder exists') as string,
  });
  expect(await readdir(folder)).toEqual([]);
});
