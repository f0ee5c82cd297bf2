/** Files, roles and groups get other names in the built language server, by bare JSON-RPC. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../temporary.ts';
import { buildServer, type BuiltServer } from './built-server.ts';
import type { LanguageServerClient } from './language-server-client.ts';

const PROJECT: Readonly<Record<string, string>> = {
  'rpi.yml': 'version: 1\nid: greenhouse\nansible:\n  provision: site.yml\n',
  'inventory/hosts.yml': 'all:\n  children:\n    sensors:\n      hosts:\n        pi1:\n',
  'group_vars/sensors.yml': 'app_port: 80\n',
  'site.yml': `- hosts: sensors
  become: true
  roles:
    - web
  tasks:
    - name: Write the configuration
      ansible.builtin.template:
        src: app.conf.j2
        dest: /etc/app.conf
        mode: '0644'
`,
  'templates/app.conf.j2': "{% include 'part.j2' %}\n",
  'templates/part.j2': 'listen {{ app_port }}\n',
  'roles/web/tasks/main.yml': '- name: Say\n  ansible.builtin.debug:\n    msg: hello\n',
};
const SITE = PROJECT['site.yml'] ?? '';
const RENAMES = {
  workspaceEdit: { documentChanges: true, resourceOperations: ['create', 'rename', 'delete'] },
};

const SLOWEST = { timeout: 20_000 };

let server: BuiltServer;
let folder: string;

beforeAll(async () => {
  server = await buildServer();
});

afterAll(() => server[Symbol.asyncDispose]());

const uriOf = (path: string): string => pathToFileURL(join(folder, path)).href;

/** A client that has site.yml open, and knows the project. */
async function start(workspace: object = RENAMES): Promise<LanguageServerClient> {
  folder = await temporaryFolder();
  for (const [path, text] of Object.entries(PROJECT)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const client = await server.start(folder, { workspace });
  open(client, 'site.yml');
  // The index may still be on its way.
  await expect
    .poll(() => client.request('textDocument/documentLink', about('site.yml')), SLOWEST)
    .toHaveLength(1);
  return client;
}

function open(client: LanguageServerClient, path: string): void {
  client.notify('textDocument/didOpen', {
    textDocument: { uri: uriOf(path), languageId: 'yaml', version: 1, text: PROJECT[path] ?? '' },
  });
}

const about = (path: string): { readonly textDocument: { readonly uri: string } } => ({
  textDocument: { uri: uriOf(path) },
});

/** The line and character within a text of site.yml. */
function at(found: string): { readonly line: number; readonly character: number } {
  const before = SITE.slice(0, SITE.indexOf(found) + 1).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

const askedFor = (found: string): object => ({ ...about('site.yml'), position: at(found) });

test('a template moves with all that names it, and the editor’s question about it is answered', async () => {
  const client = await start();
  expect(await client.request('textDocument/prepareRename', askedFor('app.conf.j2'))).toMatchObject(
    { placeholder: 'app.conf.j2' },
  );
  const edit = await client.request('textDocument/rename', {
    ...askedFor('app.conf.j2'),
    newName: 'web.conf.j2',
  });
  const files = [
    { oldUri: uriOf('templates/app.conf.j2'), newUri: uriOf('templates/web.conf.j2') },
  ];
  expect(edit).toMatchObject({
    documentChanges: [
      { textDocument: { uri: uriOf('site.yml') }, edits: [{ newText: 'web.conf.j2' }] },
      { kind: 'rename', ...files[0] },
    ],
  });
  // The editor tells of the move it was asked for: its edits are with it already.
  expect(await client.request('workspace/willRenameFiles', { files })).toBeNull();
});

test('a file that a person moves is named anew', async () => {
  const client = await start();
  const files = [{ oldUri: uriOf('templates/part.j2'), newUri: uriOf('templates/port.j2') }];
  expect(await client.request('workspace/willRenameFiles', { files })).toMatchObject({
    changes: { [uriOf('templates/app.conf.j2')]: [{ newText: 'port.j2' }] },
  });
  const role = [{ oldUri: uriOf('roles/web'), newUri: uriOf('roles/http') }];
  expect(await client.request('workspace/willRenameFiles', { files: role })).toMatchObject({
    changes: { [uriOf('site.yml')]: [{ newText: 'http' }] },
  });
  const since = client.notifications.length;
  await rename(join(folder, 'roles/web'), join(folder, 'roles/http'));
  client.notify('workspace/didRenameFiles', { files: role });
  await client.next(
    'textDocument/publishDiagnostics',
    ({ diagnostics }: { diagnostics: readonly { code: string }[] }) =>
      diagnostics.some(({ code }) => code === 'missing-role'),
    since,
  );
});

test('a role and a group take their folder and their variables along', async () => {
  const client = await start();
  expect(
    await client.request('textDocument/rename', { ...askedFor('web'), newName: 'http' }),
  ).toMatchObject({
    documentChanges: [
      { edits: [{ newText: 'http' }] },
      { kind: 'rename', oldUri: uriOf('roles/web'), newUri: uriOf('roles/http') },
    ],
  });
  expect(
    await client.request('textDocument/rename', { ...askedFor('sensors'), newName: 'probes' }),
  ).toMatchObject({
    documentChanges: [
      { textDocument: { uri: uriOf('inventory/hosts.yml') } },
      { textDocument: { uri: uriOf('site.yml') } },
      { kind: 'rename', newUri: uriOf('group_vars/probes.yml') },
    ],
  });
});

test('nothing is overwritten, and an editor that can’t move files is not asked to', async () => {
  const client = await start();
  await expect(
    client.request('textDocument/rename', { ...askedFor('app.conf.j2'), newName: 'part.j2' }),
  ).rejects.toThrow('already');
  const simple = await start({});
  expect(await simple.request('textDocument/prepareRename', askedFor('web'))).toBeNull();
  expect(
    await simple.request('textDocument/rename', { ...askedFor('sensors'), newName: 'probes' }),
  ).toMatchObject({ changes: { [uriOf('site.yml')]: [{ newText: 'probes' }] } });
});

test('places of a file, a role and a group are found', async () => {
  const client = await start();
  const placesOf = (found: string): Promise<unknown> =>
    client.request('textDocument/references', {
      ...askedFor(found),
      context: { includeDeclaration: true },
    });
  expect(await placesOf('app.conf.j2')).toMatchObject([
    { uri: uriOf('templates/app.conf.j2') },
    { uri: uriOf('site.yml') },
  ]);
  expect(await placesOf('sensors')).toHaveLength(2);
  open(client, 'rpi.yml');
  await expect
    .poll(() => client.request('textDocument/documentLink', about('rpi.yml')), SLOWEST)
    .toMatchObject([{ target: uriOf('site.yml') }]);
  expect(await client.request('textDocument/foldingRange', about('rpi.yml'))).toMatchObject([
    { startLine: 2, endLine: 3 },
  ]);
});
