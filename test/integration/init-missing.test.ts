import { mkdtemp, readFile, rm, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RpiError } from '../../core/errors.ts';
import { init } from '../../core/init/init.ts';
import { createMissing, type MissingOutcome } from '../../core/init/missing.ts';
import { listFolder, projectContents } from '../../core/project/contents.ts';
import { openProject } from '../../core/project/project.ts';
import { systemClock } from '../../core/runs/clock.ts';
import type { Context } from '../../core/runs/operation.ts';

const TEMPLATES = join(import.meta.dirname, '../../templates');
let root: string;
let context: Context;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rpi-missing-'));
  context = {
    signal: new AbortController().signal,
    clock: systemClock,
    env: { HOME: join(root, 'home') },
    dryRun: false,
    ask: () => Promise.reject(new RpiError('answer.needed', 'nobody is there')),
  };
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function drain<T>(stream: AsyncGenerator<unknown, T>): Promise<T> {
  for (;;) {
    const step = await stream.next();
    if (step.done === true) return step.value;
  }
}
const scaffold = () => drain(init({ folder: root, templates: TEMPLATES, networks: [] }, context));
const projectOf = () => openProject(root, context.env);
async function make(only: string[] = [], dryRun = false): Promise<MissingOutcome> {
  const project = await projectOf();
  return drain(createMissing({ templates: TEMPLATES, only }, { ...context, project, dryRun }));
}
const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');
async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}
async function partsOf() {
  const parts = await projectContents(await projectOf(), {
    templates: TEMPLATES,
    env: context.env,
  });
  return new Map(parts.map((part) => [part.part, part]));
}

describe('making what is missing', () => {
  it('makes nothing in a whole project', async () => {
    await scaffold();
    expect(await make()).toMatchObject({ created: [], summary: 'Nothing is missing.' });
  });

  it('makes again what was removed, as init made it, and leaves what was changed', async () => {
    await scaffold();
    const before = await read('ansible.cfg');
    await rm(join(root, 'ansible.cfg'));
    await rm(join(root, 'roles/base'), { recursive: true });
    await put('main.yml', '# mine\n');
    const rehearsed = await make([], true);
    expect((await make()).created).toEqual(rehearsed.created);
    expect(rehearsed.created).toEqual([
      'ansible.cfg',
      'roles/base/defaults/main.yml',
      'roles/base/tasks/main.yml',
    ]);
    expect(await read('ansible.cfg')).toBe(before);
    expect(await read('main.yml')).toBe('# mine\n');
  });

  it('makes only what is named, and names what there are templates for', async () => {
    await scaffold();
    await rm(join(root, 'roles/base'), { recursive: true });
    await rm(join(root, 'main.yml'));
    expect((await make(['roles/'])).created).toHaveLength(2);
    await expect(make(['nowhere'])).rejects.toMatchObject({
      code: 'input.invalid',
      remedy: expect.stringContaining('roles') as string,
    });
  });

  it('puts a file where rpi.yml says it is', async () => {
    await scaffold();
    const config = await read('rpi.yml');
    await put('rpi.yml', config.replace('playbooks/deploy.yml', 'app/ship.yml'));
    await rm(join(root, 'playbooks/deploy.yml'));
    expect((await make()).created).toEqual(['app/ship.yml']);
    expect(await read('app/ship.yml')).toContain('hosts:');
  });

  it('gives a project with playbooks of its own no roles of ours', async () => {
    const stages = ['upgrade', 'provision', 'verify_environment', 'deploy', 'verify_deployment'];
    const ansible = stages.map(
      (stage) => `  ${stage}: ${stage === 'provision' ? 'site.yml' : 'null'}`,
    );
    await put('rpi.yml', `version: 1\nid: own-one\nansible:\n${ansible.join('\n')}\n`);
    await put('site.yml', '- hosts: all\n');
    expect((await make()).created).toEqual([
      'create/installer-config.txt',
      'create/post-install.txt',
      'inventory/hosts.yml',
    ]);
  });
});

describe('the contents of a project', () => {
  it('are its parts, all there in a scaffold', async () => {
    await scaffold();
    const parts = await partsOf();
    expect([...parts.keys()]).toEqual([
      'config',
      'inventory',
      'main',
      'playbooks',
      'roles',
      'vars',
      'templates',
      'files',
      'create',
    ]);
    for (const part of parts.values()) expect(part).toMatchObject({ exists: true, missing: [] });
    expect(parts.get('inventory')).toMatchObject({ label: 'inventory/hosts.yml', kind: 'file' });
    expect(parts.get('playbooks')?.children.map(({ label }) => label)).toEqual([
      'upgrade.yml',
      'provision.yml',
      'verify-environment.yml',
      'deploy.yml',
      'verify-deployment.yml',
    ]);
    expect(parts.get('roles')?.children.map(({ label }) => label)).toContain('base');
  });

  it('say what is missing, and which template makes it', async () => {
    await scaffold();
    await rm(join(root, 'playbooks/deploy.yml'));
    await rm(join(root, 'roles'), { recursive: true });
    await put('playbooks/own.yml', '- hosts: all\n');
    const parts = await partsOf();
    expect(parts.get('roles')).toMatchObject({ exists: false, kind: 'folder' });
    expect(parts.get('roles')?.missing.length).toBeGreaterThan(5);
    const playbooks = parts.get('playbooks');
    expect(playbooks?.missing).toEqual([
      { path: 'playbooks/deploy.yml', template: 'playbooks/deploy.yml', expected: true },
    ]);
    expect(playbooks?.children.find(({ exists }) => !exists)).toMatchObject({ purpose: 'deploys' });
    expect(playbooks?.children.at(-1)).toMatchObject({ label: 'own.yml', purpose: undefined });
  });

  it('lists a folder, folders first', async () => {
    await scaffold();
    const entries = await listFolder(join(root, 'roles/temperature_logger'));
    expect(entries.map(({ label, kind }) => [label, kind])).toContainEqual(['tasks', 'folder']);
    expect(await listFolder(join(root, 'nowhere'))).toEqual([]);
  });
});
