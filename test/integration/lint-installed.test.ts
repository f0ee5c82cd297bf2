/** `rpi lint` beside a real Ansible and a real ansible-lint: it says what the editor says. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { runCommand, type Finished } from '../../core/command/run.ts';
import { temporaryFolder } from '../temporary.ts';
import { bundleServer } from './built-server.ts';
import { LanguageServerClient } from './language-server-client.ts';

const program = resolve(import.meta.dirname, '../../cli/rpi.ts');
/** A module of a collection that is nowhere but in the test. */
const PUMP = join(import.meta.dirname, 'samples/pump.py');

const findingsSchema = z.array(
  z.looseObject({ line: z.number(), code: z.string(), message: z.string() }),
);

const POND = `- name: Water
  hosts: ponds
  become: true
  tasks:
    - name: Fill
      acme.pond.pump:
        liters: 20
        litres: 20
    - name: Install
      ansible.builtin.apt:
        name: git
        state: latest
        update_cache: true
    - name: Copy
      ansible.builtin.copy:
        src: ansible.cfg
        dest: /etc/a
        mode: 0644
`;

let package_: string;
let folder: string;

beforeAll(async () => {
  package_ = await bundleServer();
});
afterAll(() => rm(package_, { recursive: true, force: true }));

beforeEach(async () => {
  folder = await temporaryFolder();
  await write('project/ansible.cfg', '[defaults]\n');
  await write('project/inventory/hosts', '[ponds]\npi1\n');
  await write('project/site.yml', POND);
  const collection = 'collections/ansible_collections/acme/pond';
  await write(`${collection}/plugins/modules/pump.py`, await readFile(PUMP, 'utf8'));
  await write(`${collection}/MANIFEST.json`, '{"collection_info": {"version": "1.2.3"}}');
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

const environment = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: folder,
  LANG: 'C.UTF-8',
  NO_COLOR: '1',
  ANSIBLE_COLLECTIONS_PATH: join(folder, 'collections'),
  XDG_CACHE_HOME: join(folder, 'cache'),
  ...more,
});

const lint = (args: readonly string[], env = environment()): Promise<Finished> =>
  runCommand(
    {
      command: process.execPath,
      args: [program, 'lint', ...args],
      cwd: join(folder, 'project'),
    },
    { env, signal: AbortSignal.timeout(60_000) },
  );

/** `LINE code`, counted from 1. */
async function told(args: readonly string[]): Promise<string[]> {
  const { stdout } = await lint(['--json', ...args, 'site.yml']);
  const lines = stdout.split('\n').filter((line) => line !== '');
  const findings = findingsSchema.parse(lines.map((line): unknown => JSON.parse(line)));
  return findings.map(({ line, code }) => `${line} ${code}`);
}

/** What the language server says of the playbook once it is opened and saved. */
async function toldByServer(): Promise<string[]> {
  const uri = pathToFileURL(join(folder, 'project/site.yml')).href;
  const client = LanguageServerClient.start({
    command: process.execPath,
    args: [join(package_, 'dist', 'server.js')],
    cwd: folder,
    env: environment(),
  });
  try {
    await client.request('initialize', {
      processId: process.pid,
      rootUri: pathToFileURL(join(folder, 'project')).href,
      capabilities: {},
      initializationOptions: {
        trusted: true,
        lintOnSave: true,
        cacheFolder: join(folder, 'cache', 'rpi'),
      },
    });
    client.notify('initialized', {});
    const textDocument = { uri, languageId: 'yaml', version: 1, text: POND };
    client.notify('textDocument/didOpen', { textDocument });
    const schema = z.object({
      diagnostics: z.array(
        z.looseObject({
          code: z.string(),
          range: z.object({ start: z.object({ line: z.number() }) }),
        }),
      ),
    });
    const has = (code: string) => (params: unknown) =>
      schema.parse(params).diagnostics.some((each) => each.code === code);
    await client.next('textDocument/publishDiagnostics', has('unknown-option'));
    client.notify('textDocument/didSave', { textDocument: { uri } });
    const params = await client.next('textDocument/publishDiagnostics', has('package-latest'));
    await client.shutdown();
    const { diagnostics } = schema.parse(params);
    return diagnostics.map(({ code, range }) => `${range.start.line + 1} ${code}`);
  } finally {
    client.kill();
  }
}

describe('rpi lint beside Ansible', () => {
  it('says what the editor says, of installed collections too', { timeout: 90_000 }, async () => {
    const found = await told(['--ansible-lint']);
    expect(found).toContain('7 unknown-option');
    expect(found).toContain('9 package-latest');
    // Both found it: ours stays.
    expect(found).toContain('18 octal-mode');
    expect(found.join()).not.toContain('risky-octal');
    expect(found).toEqual(await toldByServer());
    expect(await readdir(join(folder, 'cache/rpi/ansible-docs'))).toHaveLength(3);
  });

  it('starts nothing with --no-ansible, and takes foreign modules as they are', async () => {
    expect(await told(['--no-ansible'])).toEqual(['18 octal-mode']);
    expect(await readdir(folder)).not.toContain('cache');
  });

  it('goes on with what it knows where Ansible can’t be asked, and says so', async () => {
    const env = environment({ RPI_ANSIBLE: '/nowhere/ansible-playbook' });
    const { stdout, stderr } = await lint(['site.yml'], env);
    expect(stdout).toContain('(octal-mode)');
    expect(stderr).toContain('modules are checked by what rpi knows itself: RPI_ANSIBLE is');
  });

  it('refuses --ansible-lint where there is none', async () => {
    const args = ['--ansible-lint', 'site.yml'];
    expect(await lint(args, environment({ PATH: '/nowhere' }))).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('pipx install ansible-lint') as string,
    });
  });
});
