/** The language server beside a real Ansible and a real ansible-lint, by bare JSON-RPC. */
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { temporaryFolder } from '../temporary.ts';
import { bundleServer } from './built-server.ts';
import { LanguageServerClient } from './language-server-client.ts';

const diagnosticsSchema = z.object({
  uri: z.string(),
  diagnostics: z.array(
    z.looseObject({
      code: z.string(),
      source: z.string(),
      message: z.string(),
      range: z.object({ start: z.object({ line: z.number() }) }),
      codeDescription: z.object({ href: z.string() }).optional(),
    }),
  ),
});
type Diagnostics = z.infer<typeof diagnosticsSchema>;

/** A module of a collection that is nowhere but in the test. */
const PUMP = join(import.meta.dirname, 'samples/pump.py');

let package_: string;
let folder: string;
let asked: string;
const clients: LanguageServerClient[] = [];

beforeAll(async () => {
  package_ = await bundleServer();
});

afterAll(() => rm(package_, { recursive: true, force: true }));

beforeEach(async () => {
  folder = await temporaryFolder();
  asked = join(folder, 'asked');
  await write('project/ansible.cfg', '[defaults]\n');
  await write('project/inventory/hosts', '[ponds]\npi1\n');
  const collection = 'collections/ansible_collections/acme/pond';
  await write(`${collection}/plugins/modules/pump.py`, await readFile(PUMP, 'utf8'));
  await write(`${collection}/MANIFEST.json`, '{"collection_info": {"version": "1.2.3"}}');
  await write(
    `${collection}/meta/runtime.yml`,
    'plugin_routing:\n  modules:\n    old_pump:\n      redirect: acme.pond.pump\n',
  );
  // The real ones, with a word to us.
  for (const name of ['ansible-playbook', 'ansible-doc', 'ansible-lint']) {
    const script = `#!/bin/sh\necho ${name} "$1" >> '${asked}'\nPATH=\${PATH#*:}\nexec ${name} "$@"\n`;
    await write(`bin/${name}`, script);
    await chmod(join(folder, 'bin', name), 0o755);
  }
});

afterEach(() => {
  for (const client of clients.splice(0)) client.kill();
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

const uriOf = (path: string): string => pathToFileURL(join(folder, path)).href;
const programs = async (): Promise<string[]> =>
  (await readFile(asked, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');

async function start(
  initializationOptions: object,
  env: object = {},
): Promise<LanguageServerClient> {
  const client = LanguageServerClient.start({
    command: process.execPath,
    args: [join(package_, 'dist', 'server.js')],
    cwd: folder,
    env: {
      PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
      HOME: folder,
      LANG: 'C.UTF-8',
      ANSIBLE_COLLECTIONS_PATH: join(folder, 'collections'),
      ...env,
    },
  });
  clients.push(client);
  await client.request('initialize', {
    processId: process.pid,
    rootUri: uriOf('project'),
    capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } },
    initializationOptions: { cacheFolder: join(folder, 'cache'), ...initializationOptions },
  });
  client.notify('initialized', {});
  return client;
}

async function open(client: LanguageServerClient, text: string): Promise<void> {
  await write('project/site.yml', text);
  client.notify('textDocument/didOpen', {
    textDocument: { uri: uriOf('project/site.yml'), languageId: 'yaml', version: 1, text },
  });
}

async function published(
  client: LanguageServerClient,
  fits: (codes: readonly string[]) => boolean,
): Promise<Diagnostics['diagnostics']> {
  const params = await client.next(
    'textDocument/publishDiagnostics',
    (each: Diagnostics) =>
      each.uri === uriOf('project/site.yml') && fits(each.diagnostics.map(({ code }) => code)),
  );
  return diagnosticsSchema.parse(params).diagnostics;
}

const POND = `- name: Water
  hosts: ponds
  tasks:
    - name: Fill
      acme.pond.pump:
        liters: 20
        litres: 20
    - name: Once more
      acme.pond.old_pump:
        litres: 20
    - name: Again
      acme.pond.pomp:
        litres: 20
`;

async function hoverOn(client: LanguageServerClient, line: number): Promise<string> {
  const position = { line, character: 10 };
  const textDocument = { uri: uriOf('project/site.yml') };
  const hover = await client.request('textDocument/hover', { textDocument, position });
  return z.object({ contents: z.object({ value: z.string() }) }).parse(hover).contents.value;
}

describe('the documentation of what is installed', () => {
  it('is what modules and options are checked by, and read once', { timeout: 60_000 }, async () => {
    const client = await start({ trusted: true });
    await open(client, POND);
    const found = await published(client, (codes) => codes.includes('unknown-option'));
    expect(found.map(({ code, range }) => `${range.start.line} ${code}`)).toEqual([
      '5 unknown-option',
      '11 unknown-module',
    ]);
    const module = await hoverOn(client, 4);
    expect(module).toContain('acme.pond 1.2.3');
    expect(module).toContain('Moves water with the `pump` of a pond.');
    expect(module).toContain('| **litres** | int |  | How much water is moved. |');
    expect(module).toContain('- name: Fill the pond\n  acme.pond.pump:');
    expect(await hoverOn(client, 6)).toContain('Never more than the pond has.');
    expect(await readdir(join(folder, 'cache', 'ansible-docs'))).toHaveLength(3);
    await client.shutdown();

    const ran = (await programs()).filter((line) => line.startsWith('ansible-doc'));
    // The names, those of builtin, those of the collection.
    expect(ran.length).toBeGreaterThanOrEqual(3);
    await rm(asked);
    const again = await start({ trusted: true });
    await open(again, POND);
    await published(again, (codes) => codes.includes('unknown-option'));
    expect(new Set(await programs())).toEqual(new Set(['ansible-playbook --version']));
    await again.shutdown();
  });

  it('is not read in a folder that nobody trusts', { timeout: 20_000 }, async () => {
    const client = await start({ lintOnSave: true });
    await open(client, POND);
    await published(client, () => true);
    client.notify('textDocument/didSave', { textDocument: { uri: uriOf('project/site.yml') } });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(await programs()).toEqual([]);
    await client.shutdown();
  });
});

const LATEST = `- name: Water
  hosts: ponds
  become: true
  tasks:
    - name: Install
      ansible.builtin.apt:
        name: git
        state: latest
    - name: Copy
      ansible.builtin.copy:
        src: a
        dest: /etc/a
        mode: 0644
`;

describe('ansible-lint on save', () => {
  const save = (client: LanguageServerClient): void =>
    client.notify('textDocument/didSave', { textDocument: { uri: uriOf('project/site.yml') } });

  it('adds what only it finds, and goes along with edits', { timeout: 60_000 }, async () => {
    const client = await start({ trusted: true, lintOnSave: true });
    await open(client, LATEST);
    await published(client, (codes) => codes.includes('octal-mode'));
    save(client);
    const found = await published(client, (codes) => codes.includes('package-latest'));
    const [latest] = found.filter(({ code }) => code === 'package-latest');
    expect(latest).toMatchObject({ source: 'ansible-lint', range: { start: { line: 4 } } });
    expect(latest?.codeDescription?.href).toContain('/package-latest');
    // Both found it: ours stays.
    expect(found.map(({ code }) => code)).toContain('octal-mode');
    expect(found.map(({ code }) => code)).not.toContain('risky-octal');

    const start_ = { line: 0, character: 0 };
    client.notify('textDocument/didChange', {
      textDocument: { uri: uriOf('project/site.yml'), version: 2 },
      contentChanges: [{ range: { start: start_, end: start_ }, text: '# Ponds\n' }],
    });
    const moved = await client.next(
      'textDocument/publishDiagnostics',
      (each: { readonly version?: number } & Diagnostics) => each.version === 2,
    );
    const codes = diagnosticsSchema.parse(moved).diagnostics;
    expect(codes.find(({ code }) => code === 'package-latest')?.range.start.line).toBe(5);
    await client.shutdown();
  });

  it('is begun again by a newer save, and the run before is ended', async () => {
    const result = {
      check_name: 'no-tabs',
      description: 'Tabs.',
      severity: 'major',
      location: { path: 'site.yml', lines: { begin: 1 } },
    };
    // The first one would take a minute.
    await write(
      'bin/ansible-lint',
      `#!/bin/sh
if [ ! -e '${folder}/first' ]; then echo $$ > '${folder}/first'; exec sleep 60; fi
echo '${JSON.stringify([result])}'
`,
    );
    const client = await start({ trusted: true, lintOnSave: true });
    await open(client, LATEST);
    await published(client, (codes) => codes.includes('octal-mode'));
    save(client);
    const first = (): Promise<string> => readFile(join(folder, 'first'), 'utf8').catch(() => '');
    await expect.poll(first, { timeout: 15_000 }).not.toBe('');
    const pid = Number(await first());
    save(client);
    await published(client, (codes) => codes.includes('no-tabs'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await client.shutdown();
  }, 30_000);

  it('says once that it is missing', { timeout: 30_000 }, async () => {
    const client = await start({ trusted: true, lintOnSave: true }, { PATH: '/nowhere' });
    await open(client, LATEST);
    await published(client, (codes) => codes.includes('octal-mode'));
    save(client);
    await client.next('window/showMessage', ({ message }: { readonly message: string }) =>
      message.startsWith('ansible-lint is not installed'),
    );
    save(client);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const said = client.notifications.filter(({ method }) => method === 'window/showMessage');
    expect(said).toHaveLength(1);
    await client.shutdown();
  });
});
