import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readLines } from '../../../client/problems/read-lines.ts';

let top = '';
let root = '';

beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), 'read-lines-'));
  root = join(top, 'pis');
  await mkdir(join(root, 'playbooks'), { recursive: true });
  await writeFile(join(root, 'playbooks', 'site.yml'), '- hosts: all\r\n  tasks: []\n');
  await writeFile(join(top, 'secret.yml'), 'secret\n');
  await writeFile(join(root, 'long.yml'), 'x'.repeat(3 * 1024 * 1024));
  await symlink(join(top, 'secret.yml'), join(root, 'link.yml'));
  execFileSync('mkfifo', [join(root, 'pipe.yml')]);
});

afterAll(async () => {
  await rm(top, { recursive: true, force: true });
});

test('a file of the project has its lines', async () => {
  const read = await readLines(root, join(root, 'playbooks', 'site.yml'));
  expect(read?.lines).toEqual(['- hosts: all', '  tasks: []', '']);
});

test('nothing else that a journal names is read', async () => {
  const paths = [
    join(top, 'secret.yml'),
    `${root}/../secret.yml`,
    join(root, 'link.yml'),
    join(root, 'pipe.yml'),
    join(root, 'long.yml'),
    join(root, 'playbooks'),
    join(root, 'gone.yml'),
    '/etc/hostname',
  ];
  for (const path of paths) expect([path, await readLines(root, path)]).toEqual([path, undefined]);
});
