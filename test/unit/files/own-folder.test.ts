import { chown, mkdir, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownFolder } from '../../../core/files/own-folder.ts';
import { temporaryFolder } from '../../temporary.ts';

test('makes the folder, and closes one that is open to others', async () => {
  const folder = join(await temporaryFolder(), 'rpi');
  await ownFolder(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  const open = join(await temporaryFolder(), 'open');
  await mkdir(open, { mode: 0o755 });
  await ownFolder(open);
  expect((await stat(open)).mode & 0o777).toBe(0o700);
});

test('refuses a link, wherever it leads', async () => {
  const base = await temporaryFolder();
  await mkdir(join(base, 'target'));
  await symlink('target', join(base, 'link'));
  await expect(ownFolder(join(base, 'link'))).rejects.toMatchObject({
    code: 'file.not-writable',
    message: expect.stringContaining('not a folder of yours') as string,
  });
});

test.runIf(process.getuid?.() === 0)('refuses a folder of another user', async () => {
  const folder = join(await temporaryFolder(), 'rpi');
  await mkdir(folder);
  await chown(folder, 12345, 12345);
  await expect(ownFolder(folder)).rejects.toMatchObject({ code: 'file.not-writable' });
});
