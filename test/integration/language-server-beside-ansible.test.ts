/** The language server in an editor that has the Ansible extension too, by bare JSON-RPC. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { LEAVES_MODULES } from '../../core/analysis/editor-messages.ts';
import { bundleServer } from './built-server.ts';
import { LanguageServerClient } from './language-server-client.ts';

let package_: string;
let client: LanguageServerClient;

beforeAll(async () => {
  package_ = await bundleServer();
});

afterAll(() => rm(package_, { recursive: true, force: true }));

afterEach(() => {
  client.kill();
});

const TEXT = `- name: Water
  hosts: ponds
  tasks:
    - name: Install
      ansible.builtin.apt:
        nam: git
    - ap
`;

async function open(languageId: string, leavesModules: boolean): Promise<string> {
  client = LanguageServerClient.start({
    command: process.execPath,
    args: [join(package_, 'dist', 'server.js')],
    cwd: package_,
    env: { PATH: '/nowhere', HOME: package_ },
  });
  await client.request('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } },
    initializationOptions: { leavesModules },
  });
  client.notify('initialized', {});
  // In no project, and with no name that says anything.
  const uri = pathToFileURL(join(package_, 'water')).href;
  const textDocument = { uri, languageId, version: 1, text: TEXT };
  client.notify('textDocument/didOpen', { textDocument });
  return uri;
}

const items = z.array(z.looseObject({ label: z.string() }));
const answered = z.union([items, z.looseObject({ items })]);

async function modulesAt(uri: string): Promise<boolean> {
  const position = { line: 6, character: 8 };
  const answer = answered.parse(
    await client.request('textDocument/completion', { textDocument: { uri }, position }),
  );
  const all = 'items' in answer ? answer.items : answer;
  return all.some(({ label }) => label === 'ansible.builtin.apt');
}

async function hoverAt(uri: string, line: number, character: number): Promise<string> {
  const position = { line, character };
  const answer = await client.request('textDocument/hover', { textDocument: { uri }, position });
  return JSON.stringify(answer);
}

describe('a document of the Ansible extension’s language', () => {
  it('is checked as a playbook, whatever it is called', async () => {
    const uri = await open('ansible', true);
    const told = await client.next(
      'textDocument/publishDiagnostics',
      (each: { readonly uri: string }) => each.uri === uri,
    );
    const { diagnostics } = z
      .object({ diagnostics: z.array(z.looseObject({ code: z.string() })) })
      .parse(told);
    expect(diagnostics.map(({ code }) => code)).toContain('unknown-option');
  });

  it('gets no modules and no hover of them while the other extension is there', async () => {
    const uri = await open('ansible', true);
    expect(await modulesAt(uri)).toBe(false);
    expect(await hoverAt(uri, 4, 10)).toBe('null');
    // What the other one does not tell is told.
    expect(await hoverAt(uri, 1, 4)).toContain('hosts');

    client.notify(LEAVES_MODULES, { leavesModules: false });
    await expect.poll(() => modulesAt(uri), { timeout: 5000 }).toBe(true);
    expect(await hoverAt(uri, 4, 10)).toContain('ansible.builtin.apt');
  });

  it('is nobody’s in plain YAML of no project', async () => {
    const uri = await open('yaml', false);
    expect(await hoverAt(uri, 4, 10)).toBe('null');
  });
});
