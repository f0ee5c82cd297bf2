import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RpiError } from '../../core/errors.ts';
import { init, type InitOutcome } from '../../core/init/init.ts';
import { readConfig } from '../../core/project/config.ts';
import { systemClock } from '../../core/runs/clock.ts';
import type { EventBody } from '../../core/runs/event.ts';

let base: string;
let root: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'rpi-init-'));
  root = join(base, 'garden');
});
afterEach(() => rm(base, { recursive: true, force: true }));

type Options = { readonly dryRun?: boolean; readonly abortAfter?: number };

async function run(
  folder: string,
  { dryRun = false, abortAfter }: Options = {},
): Promise<{ readonly events: EventBody[]; readonly outcome: InitOutcome }> {
  const stop = new AbortController();
  const stream = init(
    {
      folder,
      templates: join(import.meta.dirname, '../../templates'),
      networks: ['192.168.7.0/24'],
    },
    {
      signal: stop.signal,
      clock: systemClock,
      env: { HOME: join(base, 'home') },
      dryRun,
      ask: () => Promise.reject(new RpiError('answer.needed', 'nobody is there')),
    },
  );
  const events: EventBody[] = [];
  for (;;) {
    const step = await stream.next();
    if (step.done === true) return { events, outcome: step.value };
    events.push(step.value);
    if (events.filter((event) => event.kind === 'file.changed').length === abortAfter) stop.abort();
  }
}

const text = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

const tree = async (): Promise<string[]> => (await readdir(base, { recursive: true })).sort();

describe('in an empty folder', () => {
  it('makes the whole project', async () => {
    const { outcome } = await run(root);
    expect(outcome).toMatchObject({ status: 'ok', kind: 'scaffold', left: [], updated: [] });
    expect(await readdir(root)).toEqual(
      expect.arrayContaining([
        'rpi.yml',
        'ansible.cfg',
        'main.yml',
        'create',
        'roles',
        '.gitignore',
      ]),
    );
    expect((await readdir(root, { recursive: true })).filter((p) => p.endsWith('.ejs'))).toEqual(
      [],
    );
    const config = readConfig('rpi.yml', await text('rpi.yml'));
    expect(config).toMatchObject({ id: outcome.projectId, networks: ['192.168.7.0/24'] });
    const settings = await text('ansible.cfg');
    expect(settings).toContain(
      `private_key_file = ${base}/home/.local/share/rpi/${outcome.projectId}/id_ed25519\n`,
    );
    expect(settings).toContain(
      `UserKnownHostsFile=${base}/home/.local/share/rpi/${outcome.projectId}/known_hosts\n`,
    );
  });

  it('writes nothing in a dry run, and shows every file', async () => {
    const before = await tree();
    const { events, outcome } = await run(root, { dryRun: true });
    expect(await tree()).toEqual(before);
    const planned = events.filter((event) => event.kind === 'file.changed');
    expect(planned.length).toBe(outcome.created.length);
    expect(planned.every((event) => event.planned && event.diff !== undefined)).toBe(true);
  });

  it('can be cancelled, says what is missing, and is finished by another init', async () => {
    const first = await run(root, { abortAfter: 5 });
    expect(first.outcome.status).toBe('cancelled');
    expect(first.outcome.undone).toContain('main.yml was not written.');
    const second = await run(root);
    expect(second.outcome.projectId).toBe(first.outcome.projectId);
    expect(second.outcome.left).toEqual(first.outcome.created);
    expect(second.outcome.created).toContain('main.yml');
  });
});

describe('in a folder with files', () => {
  it('leaves every file that is there, and lists it', async () => {
    await put('README.md', 'mine\n');
    await put('vars/main.yml', 'also: mine\n');
    await symlink('/nowhere', join(root, 'main.yml'));
    const { outcome } = await run(root);
    expect(outcome.left).toEqual(['README.md', 'main.yml', 'vars/main.yml']);
    expect(await text('README.md')).toBe('mine\n');
    expect(await text('vars/main.yml')).toBe('also: mine\n');
  });

  it('changes nothing the second time', async () => {
    const first = await run(root);
    const again = await run(root);
    expect(again.outcome).toMatchObject({ created: [], updated: [], kind: 'scaffold' });
    expect(again.outcome.projectId).toBe(first.outcome.projectId);
  });

  it('appends to a .gitignore and keeps its bytes', async () => {
    await put('.gitignore', '*.log\r\n# no newline');
    const { outcome } = await run(root);
    expect(outcome.updated).toEqual(['.gitignore']);
    expect(await text('.gitignore')).toBe('*.log\r\n# no newline\r\n.rpi/\r\n');
  });

  it('refuses a file where a folder must be, before anything is written', async () => {
    await put('playbooks', 'a file\n');
    await expect(run(root)).rejects.toThrow(/playbooks is a file/);
    expect(await readdir(root)).toEqual(['playbooks']);
  });

  it('refuses a file as the project', async () => {
    await put('x', '');
    await expect(run(join(root, 'x'))).rejects.toThrow(/not a folder/);
    await expect(run(join(root, 'x', 'y'))).rejects.toThrow(/not a folder/);
  });

  it('warns where Ansible would ignore its ansible.cfg', async () => {
    await mkdir(root);
    await chmod(root, 0o777);
    const { events } = await run(root);
    const warnings = events.filter((event) => event.kind === 'log' && event.level === 'warn');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toHaveProperty('text', expect.stringContaining('chmod o-w'));
  });
});

describe('in an Ansible project', () => {
  it('adds rpi.yml that points at what is there, and nothing else', async () => {
    await put('ansible.cfg', '[defaults]\ninventory = inventories/production\n');
    await put('inventories/production/hosts.yml', 'all:\n');
    await put('site.yml', '[]\n');
    await put('deploy.yml', '[]\n');
    const { outcome, events } = await run(root);
    expect(outcome).toMatchObject({ kind: 'existing', created: ['rpi.yml', '.gitignore'] });
    const config = readConfig('rpi.yml', await text('rpi.yml'));
    expect(config.inventory).toBe('inventories/production/hosts.yml');
    expect(config.ansible).toEqual({
      upgrade: null,
      provision: 'site.yml',
      verify_environment: null,
      deploy: 'deploy.yml',
      verify_deployment: null,
    });
    expect(events).toContainEqual(expect.objectContaining({ kind: 'log', level: 'info' }));
  });

  it('stays as it is when init runs again', async () => {
    await put('hosts.ini', '[pis]\n');
    await put('site.yml', '[]\n');
    const first = await run(root);
    const before = await text('rpi.yml');
    const again = await run(root);
    expect(again.outcome).toMatchObject({ kind: 'existing', created: [], updated: [] });
    expect(again.outcome.projectId).toBe(first.outcome.projectId);
    expect(await text('rpi.yml')).toBe(before);
  });

  it('names line and column of an rpi.yml that is wrong, and writes nothing', async () => {
    await put('rpi.yml', 'version: 1\nid: garden-1\nnetwork: []\n');
    await expect(run(root)).rejects.toThrow(/rpi\.yml:3:1: unknown setting network/);
    expect(await readdir(root)).toEqual(['rpi.yml']);
  });
});

describe('a person’s own templates', () => {
  it('take the place of the built-in ones, and add to them', async () => {
    const own = join(base, 'home/.config/rpi/templates/project');
    await mkdir(join(own, 'docs'), { recursive: true });
    await writeFile(join(own, 'README.md'), 'plain <%= not rendered %>\n');
    await writeFile(join(own, 'docs/NAME.txt.ejs'), 'for <%= projectName %>\n');
    await run(root);
    expect(await text('README.md')).toBe('plain <%= not rendered %>\n');
    expect(await text('docs/NAME.txt')).toBe('for garden\n');
  });
});
