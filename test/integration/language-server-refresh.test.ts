/** What an editor is told to ask for again, so that what it shows is never old. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../temporary.ts';
import { buildServer, type BuiltServer } from './built-server.ts';
import type { LanguageServerClient } from './language-server-client.ts';

const hosts = (last: number): string =>
  `all:\n  children:\n    sensors:\n      hosts:\n        pi[1:${last}]:\n`;
const SITE = `- hosts: sensors
  tasks:
    - name: Say hello
      ansible.builtin.debug:
        msg: hello
`;
const REFRESHES = {
  codeLens: { refreshSupport: true },
  inlayHint: { refreshSupport: true },
  semanticTokens: { refreshSupport: true },
};

let server: BuiltServer;
let folder: string;

beforeAll(async () => {
  server = await buildServer();
});

afterAll(() => server[Symbol.asyncDispose]());

async function start(): Promise<LanguageServerClient> {
  folder = await temporaryFolder();
  await write('rpi.yml', 'version: 1\nid: greenhouse\n');
  await write('inventory/hosts.yml', hosts(3));
  const initializationOptions = { runCommand: 'run' };
  return server.start(folder, { initializationOptions, workspace: REFRESHES });
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

const uriOf = (path: string): string => pathToFileURL(join(folder, path)).href;

function open(client: LanguageServerClient): { readonly uri: string } {
  const uri = uriOf('site.yml');
  client.notify('textDocument/didOpen', {
    textDocument: { uri, languageId: 'yaml', version: 1, text: SITE },
  });
  return { uri };
}

const asked = (client: LanguageServerClient, what: keyof typeof REFRESHES): number =>
  client.requested.filter(({ method }) => method === `workspace/${what}/refresh`).length;

const hintsOf = (client: LanguageServerClient, uri: string): Promise<unknown> =>
  client.request('textDocument/inlayHint', {
    textDocument: { uri },
    range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } },
  });

test('lenses are answered at once, before anything was published', async () => {
  const client = await start();
  const textDocument = open(client);
  expect(await client.request('textDocument/codeLens', { textDocument })).toHaveLength(3);
});

test('an editor that dropped its question for lenses is told to ask', async () => {
  const client = await start();
  open(client);
  await expect.poll(() => asked(client, 'codeLens'), { timeout: 20_000 }).toBeGreaterThan(0);
});

test('hints are asked for again when another file changes them, and nothing else is', async () => {
  const client = await start();
  const { uri } = open(client);
  await client.next('textDocument/publishDiagnostics');
  await expect.poll(() => hintsOf(client, uri)).toMatchObject([{ label: '3 hosts' }]);
  await client.request('textDocument/codeLens', { textDocument: { uri } });
  const before = asked(client, 'inlayHint');
  await write('inventory/hosts.yml', hosts(4));
  client.notify('workspace/didChangeWatchedFiles', {
    changes: [{ uri: uriOf('inventory/hosts.yml'), type: 2 }],
  });
  await expect.poll(() => asked(client, 'inlayHint'), { timeout: 20_000 }).toBe(before + 1);
  expect(await hintsOf(client, uri)).toMatchObject([{ label: '4 hosts' }]);
  expect([asked(client, 'codeLens'), asked(client, 'semanticTokens')]).toEqual([0, 0]);
});
