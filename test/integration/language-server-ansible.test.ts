/** Playbooks, inventories, templates and rpi.yml in the built language server, by bare JSON-RPC. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { temporaryFolder } from '../temporary.ts';
import { bundleServer } from './built-server.ts';
import { LanguageServerClient } from './language-server-client.ts';

const place = z.object({ line: z.number(), character: z.number() });
const range = z.object({ start: place, end: place });
const edits = z.array(z.object({ range, newText: z.string() }));
const diagnosticsSchema = z.object({
  uri: z.string(),
  diagnostics: z.array(
    z.looseObject({ range, severity: z.number(), code: z.string(), message: z.string() }),
  ),
});
type Diagnostics = z.infer<typeof diagnosticsSchema>;
const completionsSchema = z.union([
  z.array(z.looseObject({ label: z.string() })),
  z.object({ items: z.array(z.looseObject({ label: z.string() })), isIncomplete: z.boolean() }),
]);

let package_: string;
let folder: string;
const clients: LanguageServerClient[] = [];

beforeAll(async () => {
  package_ = await bundleServer();
});

afterAll(() => rm(package_, { recursive: true, force: true }));

afterEach(() => {
  for (const client of clients.splice(0)) client.kill();
});

const PROJECT: Readonly<Record<string, string>> = {
  'rpi.yml': 'version: 1\nid: greenhouse\nansible:\n  provision: site.yml\n',
  'inventory/hosts.yml': 'all:\n  children:\n    sensors:\n      hosts:\n        pi[1:3]:\n',
  'group_vars/sensors.yml': 'app_port: 80\n',
  'site.yml': `- hosts: sensors
  become: true
  tasks:
    - name: Write the configuration
      ansible.builtin.template:
        src: app.conf.j2
        dest: /etc/app.conf
        mode: '0644'
      notify: Restart app
    - name: Say the port
      ansible.builtin.debug:
        msg: "{{ app_port }}"
  handlers:
    - name: Restart app
      ansible.builtin.service:
        name: app
        state: restarted
`,
  'templates/app.conf.j2': 'listen {{ app_port }}\n',
};

async function start(
  files: Readonly<Record<string, string>> = PROJECT,
  initializationOptions: object = {},
): Promise<LanguageServerClient> {
  folder = await temporaryFolder();
  for (const [path, text] of Object.entries(files)) await write(path, text);
  const client = LanguageServerClient.start({
    command: process.execPath,
    args: [join(package_, 'dist', 'server.js')],
    cwd: folder,
    // No Ansible and no Python anywhere.
    env: { PATH: '/nowhere', HOME: folder },
  });
  clients.push(client);
  await client.request('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    capabilities: {
      workspace: { didChangeWatchedFiles: { dynamicRegistration: true } },
    },
    initializationOptions,
  });
  client.notify('initialized', {});
  return client;
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

const uriOf = (path: string): string => pathToFileURL(join(folder, path)).href;

/** Waits for diagnostics that fit: what needs the project’s other files may follow later. */
async function published(
  client: LanguageServerClient,
  path: string,
  since: number,
  fits: (codes: readonly string[]) => boolean = () => true,
): Promise<Diagnostics> {
  const params = await client.next(
    'textDocument/publishDiagnostics',
    (each: Diagnostics) =>
      each.uri === uriOf(path) && fits(each.diagnostics.map(({ code }) => code)),
    since,
  );
  return diagnosticsSchema.parse(params);
}

async function open(
  client: LanguageServerClient,
  path: string,
  text: string,
  fits?: (codes: readonly string[]) => boolean,
  languageId = 'yaml',
): Promise<Diagnostics> {
  const since = client.notifications.length;
  client.notify('textDocument/didOpen', {
    textDocument: { uri: uriOf(path), languageId, version: 1, text },
  });
  return published(client, path, since, fits);
}

/** `LINE:COLUMN code`, counted from 1. */
const told = ({ diagnostics }: Diagnostics): string[] =>
  diagnostics.map(({ code, range: { start: at } }) => `${at.line + 1}:${at.character + 1} ${code}`);

const SITE = PROJECT['site.yml'] ?? '';

/** The line and character of a text in the playbook. */
function at(text: string, found: string, more = 0): { line: number; character: number } {
  const offset = text.indexOf(found) + more;
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

describe('a playbook', () => {
  test('is told everything at once, on the exact places, and mended', async () => {
    const client = await start();
    const text = SITE.replace('app.conf.j2', 'ap.conf.j2')
      .replace('dest:', 'destt:')
      .replace('notify: Restart app', 'notify: Restart ap')
      .replace('state: restarted', 'state: restart')
      .replace('{{ app_port }}', '{{ app_prt }}')
      .replace('become: true', 'becom: true');
    const found = await open(client, 'site.yml', text, (codes) =>
      codes.includes('unknown-handler'),
    );
    expect(told(found)).toEqual(
      expect.arrayContaining([
        '2:3 unknown-keyword',
        '6:14 missing-template',
        '7:9 unknown-option',
        '9:15 unknown-handler',
        '12:18 undefined-variable',
        '17:16 option-value',
      ]),
    );
    const [all] = z
      .array(z.object({ edit: z.object({ changes: z.record(z.string(), edits) }) }))
      .parse(
        await client.request('textDocument/codeAction', {
          textDocument: { uri: uriOf('site.yml') },
          range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
          context: { diagnostics: [], only: ['source.fixAll.rpi'] },
        }),
      );
    expect(all?.edit.changes[uriOf('site.yml')]?.map(({ newText }) => newText)).toEqual(
      expect.arrayContaining(['become', 'Restart app', 'dest']),
    );
  });

  test('has nothing said of it where it is right, nor its inventory, template and rpi.yml', async () => {
    const client = await start();
    for (const [path, text] of Object.entries(PROJECT)) {
      const { diagnostics } = await open(client, path, text);
      expect(diagnostics).toEqual([]);
    }
    expect(await client.shutdown()).toBe(0);
    expect(client.noise).toBe('');
  });

  test('hears of what changes in other documents, saved or not', async () => {
    const client = await start();
    await open(client, 'site.yml', SITE);
    await open(client, 'group_vars/sensors.yml', 'app_port: 80\n');
    let since = client.notifications.length;
    client.notify('textDocument/didChange', {
      textDocument: { uri: uriOf('group_vars/sensors.yml'), version: 2 },
      contentChanges: [{ text: 'other: 80\n' }],
    });
    await published(client, 'site.yml', since, (codes) => codes.includes('undefined-variable'));
    since = client.notifications.length;
    await rm(join(folder, 'templates/app.conf.j2'));
    client.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: uriOf('templates/app.conf.j2'), type: 3 }],
    });
    await published(client, 'site.yml', since, (codes) => codes.includes('missing-template'));
  });

  test('is completed within bounds, with details for what is looked at', async () => {
    const client = await start();
    const text = `${SITE}    - name: Install\n      \n`;
    await open(client, 'site.yml', text);
    const textDocument = { uri: uriOf('site.yml') };
    const answer = await client.request('textDocument/completion', {
      textDocument,
      position: { line: 18, character: 6 },
    });
    expect(JSON.stringify(answer).length).toBeLessThan(100_000);
    const parsed = completionsSchema.parse(answer);
    const items = 'items' in parsed ? parsed.items : parsed;
    const apt = items.find(({ label }) => label === 'ansible.builtin.apt');
    expect(apt).toBeDefined();
    expect(await client.request('completionItem/resolve', apt)).toMatchObject({
      documentation: { value: expect.stringContaining('cache_valid_time') as string },
    });
  });

  test('goes on behind the dot of a variable, and not behind that of a sentence', async () => {
    const client = await start();
    const text = `${SITE}    - ansible.builtin.debug: {msg: Done.}\n      when: ansible_default_ipv4.\n`;
    await open(client, 'site.yml', text);
    const behind = async (words: string): Promise<unknown> =>
      client.request('textDocument/completion', {
        textDocument: { uri: uriOf('site.yml') },
        position: at(text, words, words.length),
        context: { triggerKind: 2, triggerCharacter: '.' },
      });
    expect(JSON.stringify(await behind('ansible_default_ipv4.'))).toContain('"address"');
    expect(await behind('Done.')).toEqual([]);
  });

  test('leaves modules to another extension where it is told to', async () => {
    const client = await start(PROJECT, { leavesModules: true });
    await open(client, 'site.yml', `${SITE}    - \n`);
    const parsed = completionsSchema.parse(
      await client.request('textDocument/completion', {
        textDocument: { uri: uriOf('site.yml') },
        position: { line: 17, character: 6 },
      }),
    );
    const labels = ('items' in parsed ? parsed.items : parsed).map(({ label }) => label);
    expect(labels).toContain('notify');
    expect(labels).not.toContain('ansible.builtin.apt');
  });

  test('is explained, and its names are followed and changed in all of the project', async () => {
    const client = await start();
    await open(client, 'site.yml', SITE);
    const textDocument = { uri: uriOf('site.yml') };
    const position = at(SITE, 'app_port', 2);
    // The index may still be on its way.
    await expect
      .poll(() => client.request('textDocument/hover', { textDocument, position }))
      .toMatchObject({ contents: { value: expect.stringContaining('| every host |') as string } });
    expect(
      await client.request('textDocument/definition', { textDocument, position }),
    ).toMatchObject([{ targetUri: uriOf('group_vars/sensors.yml') }]);
    expect(
      await client.request('textDocument/definition', {
        textDocument,
        position: at(SITE, 'app.conf.j2', 2),
      }),
    ).toMatchObject([{ targetUri: uriOf('templates/app.conf.j2') }]);
    const context = { includeDeclaration: true };
    expect(
      await client.request('textDocument/references', { textDocument, position, context }),
    ).toHaveLength(3);
    const renamed = z.object({ changes: z.record(z.string(), edits) }).parse(
      await client.request('textDocument/rename', {
        textDocument,
        position,
        newName: 'http_port',
      }),
    );
    expect(Object.keys(renamed.changes).sort()).toEqual(
      ['group_vars/sensors.yml', 'site.yml', 'templates/app.conf.j2'].map(uriOf),
    );
    await expect(
      client.request('textDocument/rename', { textDocument, position, newName: 'no name' }),
    ).rejects.toThrow('can’t be the name');
    expect(await client.request('workspace/symbol', { query: 'appport' })).toMatchObject([
      { name: 'app_port' },
    ]);
  });

  test('is outlined, folded, coloured, selected in, and counted', async () => {
    const client = await start(PROJECT, { runCommand: 'run' });
    await open(client, 'site.yml', SITE);
    const textDocument = { uri: uriOf('site.yml') };
    const everything = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    expect(await client.request('textDocument/documentSymbol', { textDocument })).toMatchObject([
      {
        name: 'sensors',
        children: [{ name: 'Write the configuration' }, {}, { name: 'handlers' }],
      },
    ]);
    expect(await client.request('textDocument/foldingRange', { textDocument })).not.toEqual([]);
    await expect
      .poll(() => client.request('textDocument/inlayHint', { textDocument, range: everything }))
      .toMatchObject([{ label: '3 hosts' }]);
    expect(await client.request('textDocument/codeLens', { textDocument })).toMatchObject([
      { command: { command: 'run', arguments: [uriOf('site.yml'), 'all'] } },
      { command: { arguments: [uriOf('site.yml'), 'check'] } },
      { command: { arguments: [uriOf('site.yml'), 'group'] } },
    ]);
    expect(
      await client.request('textDocument/selectionRange', {
        textDocument,
        positions: [at(SITE, 'src:', 6)],
      }),
    ).toMatchObject([{ parent: { parent: {} } }]);
    const tokens = z
      .object({ data: z.array(z.number()), resultId: z.string() })
      .parse(await client.request('textDocument/semanticTokens/full', { textDocument }));
    expect(tokens.data.length % 5).toBe(0);
    const delta = await client.request('textDocument/semanticTokens/full/delta', {
      textDocument,
      previousResultId: tokens.resultId,
    });
    expect(delta).toMatchObject({ edits: [] });
  });
});

describe('what is not ours', () => {
  test('YAML in no project is not looked at', async () => {
    const client = await start({ 'compose.yml': 'services: {}\n' });
    const since = client.notifications.length;
    client.notify('textDocument/didOpen', {
      textDocument: { uri: uriOf('compose.yml'), languageId: 'yaml', version: 1, text: '- a: [\n' },
    });
    const textDocument = { uri: uriOf('compose.yml') };
    expect(await client.request('textDocument/documentSymbol', { textDocument })).toEqual([]);
    expect(client.notifications.slice(since)).toEqual([]);
  });

  test('other YAML of a project has nothing said of it', async () => {
    const client = await start({ ...PROJECT, 'compose.yml': '' });
    const found = await open(client, 'compose.yml', 'services:\n  a:\n    image: "{{ x"\n');
    expect(found.diagnostics).toEqual([]);
  });
});

test('an inventory and rpi.yml are told their faults', async () => {
  const client = await start();
  const inventory = await open(
    client,
    'inventory/hosts.yml',
    'all:\n  hosts:\n    pi1:\n      ansible_hosts: 10.0.0.1\n    pi1:\n',
  );
  expect(told(inventory).join()).toMatch(/4:7 .*5:5 /);
  const config = await open(client, 'rpi.yml', 'version: 1\nid: greenhouse\nnetwork: []\n');
  expect(told(config)).toEqual(['3:1 rpi-unknown-setting']);
});
