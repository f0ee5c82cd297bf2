/** Right playbooks stay right when the documentation of the Ansible on this machine decides. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createAnsibleIndex } from '../../core/analysis/ansible-project/index.ts';
import { openCache } from '../../core/ansible/docs/cache.ts';
import { openInstalledDocs } from '../../core/ansible/docs/installed-docs.ts';
import { withInstalled } from '../../core/ansible/docs/with-installed.ts';
import { loadAnsibleFacts } from '../../core/data/ansible-facts.ts';
import { filesOnDisk } from '../../core/inventory/files.ts';
import { temporaryFolder } from '../temporary.ts';
import { told } from '../unit/analysis/ansible-project/project.ts';

const RIGHT = join(import.meta.dirname, '../unit/analysis/ansible-project/samples/right');

it('says nothing about right playbooks, and keeps what it read', { timeout: 120_000 }, async () => {
  const folder = await temporaryFolder();
  const context = {
    env: process.env,
    signal: new AbortController().signal,
    cache: openCache(folder),
  };
  const docs = await openInstalledDocs(RIGHT, undefined, context);
  expect(docs?.names.plugins.filters).toContain('ansible.builtin.b64decode');
  expect(docs?.names.plugins.tests).toContain('ansible.builtin.version');
  expect(docs?.names.plugins.lookups).toContain('ansible.builtin.fileglob');
  const names = ['ansible.builtin', 'ansible.posix'];
  const collections = await Promise.all(names.map(async (name) => docs?.collection(name)));
  expect(Object.keys(collections[0]?.modules ?? {}).length).toBeGreaterThan(60);
  expect(collections[0]?.words('ansible.builtin.copy')?.examples).toContain('dest:');
  expect(await docs?.collection('no.such')).toBeUndefined();

  const bundled = await loadAnsibleFacts();
  const index = createAnsibleIndex({ root: RIGHT, files: filesOnDisk, facts: bundled });
  await index.build();
  if (docs === undefined) throw new Error('no Ansible on this machine');
  const installed = collections.flatMap((each) => each ?? []);
  await index.learn(withInstalled(bundled, docs.names, installed));
  const project = index.current();
  if (project === undefined) throw new Error('not built');
  const paths = readdirSync(RIGHT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const found = paths.flatMap((path) =>
    told(project, path, readFileSync(path, 'utf8'), ({ severity }) => severity !== 'hint'),
  );
  expect(found).toEqual([]);

  const small = openCache(folder, 1000);
  await small.put('one', Buffer.alloc(600));
  await small.put('two', Buffer.alloc(600));
  expect(readdirSync(folder)).toHaveLength(1);
});
