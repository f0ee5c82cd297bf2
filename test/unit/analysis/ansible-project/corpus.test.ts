import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesOnDisk } from '../../../../core/inventory/files.ts';
import { indexOf, told } from './project.ts';

const root = join(import.meta.dirname, '../playbook/corpus/right');

it('the right playbooks have no finding as a project either', async () => {
  const project = await (await indexOf(filesOnDisk, root)).build();
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yml'))
    .map((name) => join(root, name));
  expect(project.documents.size).toBeGreaterThan(25);
  const found = paths.flatMap((path) =>
    told(project, path, readFileSync(path, 'utf8'), ({ severity }) => severity !== 'hint'),
  );
  expect(found).toEqual([]);
});
