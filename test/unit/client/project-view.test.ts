import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stampOf } from '../../../client/file-stamp.ts';
import { labelsOf, leastDeep, onePerRoot } from '../../../client/labels.ts';
import { holdsPlaybooks, idOfPart, nodesOfParts } from '../../../client/project-view/nodes.ts';
import type { ProjectPart } from '../../../core/project/contents.ts';
import { temporaryFolder } from '../../temporary.ts';
import { openProject } from './sample-fleet.ts';

const part = (path: string, known: Partial<ProjectPart> = {}): ProjectPart => ({
  part: undefined,
  label: path,
  path: `/work/pis/${path}`,
  kind: 'file',
  exists: true,
  purpose: undefined,
  missing: [],
  children: [],
  ...known,
});
const missing = [{ path: 'main.yml', template: 'main.yml', expected: true }];

describe('what a part is to commands', () => {
  const kinds = (parts: readonly ProjectPart[], isInPlaybooks = false): string[] =>
    nodesOfParts(openProject('/work/pis'), parts, isInPlaybooks).map(({ kind }) => kind);

  test('main.yml and the YAML of playbooks can be run', () => {
    expect(
      kinds([part('main.yml', { part: 'main' }), part('rpi.yml', { part: 'config' })]),
    ).toEqual(['playbook', 'file']);
    expect(kinds([part('playbooks/a.yml'), part('playbooks/notes.txt')], true)).toEqual([
      'playbook',
      'file',
    ]);
    expect(holdsPlaybooks(part('playbooks', { part: 'playbooks' }))).toBe(true);
    expect(holdsPlaybooks(part('roles', { part: 'roles' }))).toBe(false);
  });

  test('what templates would make is missing; a folder they would add to is incomplete', () => {
    expect(
      kinds([
        part('main.yml', { part: 'main', exists: false, missing }),
        part('files', { part: 'files', kind: 'folder', exists: false }),
        part('roles', { part: 'roles', kind: 'folder', missing }),
        part('vars', { part: 'vars', kind: 'folder' }),
      ]),
    ).toEqual(['missing', 'file', 'incomplete', 'folder']);
  });

  test('each has an id of its own', () => {
    const nodes = nodesOfParts(openProject('/work/pis'), [part('a'), part('b')]);
    expect(new Set(nodes.map(idOfPart)).size).toBe(2);
  });
});

describe('labels of projects', () => {
  test('are the folder’s name, with the way to the project, and differ', () => {
    expect(
      labelsOf([
        { name: 'pis', folder: '/a/pis', root: '/a/pis' },
        { name: 'mono', folder: '/a/mono', root: '/a/mono/ops/pis' },
        { name: 'pis', folder: '/b/pis', root: '/b/pis' },
      ]),
    ).toEqual(['pis (/a/pis)', 'mono/ops/pis', 'pis (/b/pis)']);
  });

  test('of open folders within one another a project is that of the nearest', () => {
    const [outer, inner, other] = [
      { folder: '/w', root: '/w/pis' },
      { folder: '/w/pis', root: '/w/pis' },
      { folder: '/x', root: '/x' },
    ] as const;
    expect(onePerRoot([outer, other, inner])).toEqual([inner, other]);
    expect(onePerRoot([inner, outer])).toEqual([inner]);
  });

  test('of several projects in a folder the least deep is meant', () => {
    expect(leastDeep(['/w/a/b/rpi.yml', '/w/z/rpi.yml', '/w/c/rpi.yml'])).toBe('/w/c/rpi.yml');
    expect(leastDeep([])).toBeUndefined();
  });
});

test('a stamp tells that a file, or one in a folder, was changed, made or removed', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'host_vars'));
  const paths = [join(folder, 'rpi.yml'), join(folder, 'host_vars')];
  const stamps = [await stampOf(paths)];
  await writeFile(join(folder, 'rpi.yml'), 'version: 1\n');
  stamps.push(await stampOf(paths));
  await writeFile(join(folder, 'rpi.yml'), 'version: 1\nid: abcd\n');
  stamps.push(await stampOf(paths));
  await writeFile(join(folder, 'host_vars', 'kitchen.yml'), 'a: 1\n');
  stamps.push(await stampOf(paths));
  expect(new Set(stamps).size).toBe(4);
  expect(await stampOf(paths)).toBe(stamps[3]);
});
