import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acquireLock, acquireLocks } from '../../../core/files/lock.ts';
import { temporaryFolder } from '../../temporary.ts';

test('the second to come is told who holds the lock and what for', async () => {
  const folder = await temporaryFolder();
  await using _first = await acquireLock(folder, 'host kitchen', 'rpi provision');
  await expect(acquireLock(folder, 'host kitchen', 'rpi deploy')).rejects.toMatchObject({
    code: 'lock.held',
    message: `host kitchen is in use by “rpi provision” (process ${process.pid}).`,
  });
});

test('a released lock can be taken again and leaves nothing behind', async () => {
  const folder = await temporaryFolder();
  for (let i = 0; i < 3; i++) {
    await using _lock = await acquireLock(folder, 'inventory', 'rpi inventory add');
  }
  expect(await readdir(folder)).toEqual([]);
});

test('the lock of a dead process is taken over', async () => {
  const folder = await temporaryFolder();
  const dead = { pid: 2 ** 22 - 3, doing: 'rpi install', token: 'x' };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'inventory.lock'), JSON.stringify(dead));
  await using _lock = await acquireLock(folder, 'inventory', 'rpi inventory add');
  expect(await readdir(folder)).toEqual(['inventory.lock']);
});

test('the lock of a process that only has the same number is taken over', async () => {
  const folder = await temporaryFolder();
  const other = { pid: process.pid, processStart: '1', doing: 'rpi install', token: 'x' };
  await writeFile(join(folder, 'inventory.lock'), JSON.stringify(other));
  await using _lock = await acquireLock(folder, 'inventory', 'rpi inventory add');
});

test('of many that come at once exactly one gets it', async () => {
  const folder = await temporaryFolder();
  await writeFile(
    join(folder, 'h.lock'),
    JSON.stringify({ pid: 2 ** 22 - 3, doing: '', token: '' }),
  );
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, () => acquireLock(folder, 'h', 'x')),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('several locks are taken all or none', async () => {
  const folder = await temporaryFolder();
  const held = await acquireLock(folder, 'b', 'first');
  await expect(acquireLocks(folder, ['c', 'b', 'a'], 'second')).rejects.toMatchObject({
    code: 'lock.held',
  });
  expect(await readdir(folder)).toEqual(['b.lock']);
  await held[Symbol.asyncDispose]();
  await using _all = await acquireLocks(folder, ['c', 'b', 'a', 'a'], 'second');
  expect((await readdir(folder)).sort()).toEqual(['a.lock', 'b.lock', 'c.lock']);
});
