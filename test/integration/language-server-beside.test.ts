/** What is typed into a file counts for those beside it, before anything is saved. */
import { copyFile, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { BUNDLES, ROOT } from '../../scripts/bundles.ts';
import { temporaryFolder } from '../temporary.ts';
import { LanguageServerClient } from './language-server-client.ts';

let server: string;
let folder: string;
let client: LanguageServerClient | undefined;

beforeAll(async () => {
  server = await mkdtemp(join(tmpdir(), 'rpi-server-'));
  await build({ ...BUNDLES.server, outdir: join(server, 'dist') });
  await copyFile(join(ROOT, 'package.json'), join(server, 'package.json'));
  await cp(join(ROOT, 'docs'), join(server, 'docs'), { recursive: true });
});
afterEach(() => client?.kill());
afterAll(() => rm(server, { recursive: true, force: true }));

const uriOf = (name: string): string => pathToFileURL(join(folder, name)).href;

function open(name: string, text: string, languageId = 'plaintext'): void {
  const textDocument = { uri: uriOf(name), languageId, version: 1, text };
  client?.notify('textDocument/didOpen', { textDocument });
}

function type(name: string, version: number, text: string): void {
  client?.notify('textDocument/didChange', {
    textDocument: { uri: uriOf(name), version },
    contentChanges: [{ text }],
  });
}

/** Waits until the findings of a file have the code, or no longer have it. */
async function told(name: string, code: string, has: boolean): Promise<readonly string[]> {
  type Params = { uri: string; diagnostics: { code: string }[] };
  let codes: readonly string[] = [];
  await client?.next('textDocument/publishDiagnostics', (each: Params) => {
    codes = each.diagnostics.map((diagnostic) => diagnostic.code);
    return each.uri === uriOf(name) && codes.includes(code) === has;
  });
  return codes;
}

async function start(): Promise<void> {
  folder = await temporaryFolder();
  await mkdir(join(folder, 'config', 'files'), { recursive: true });
  client = LanguageServerClient.start({
    command: process.execPath,
    args: [join(server, 'dist', 'server.js')],
    cwd: folder,
  });
  await client.request('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
  client.notify('initialized', {});
}

test('an unsaved wpa_supplicant.conf stands for name and key of the Wi-Fi', async () => {
  await start();
  open('config/installer-config.txt', "ifname=wlan0\nrootpw='a long one'\n");
  await told('config/installer-config.txt', 'missing-partner', true);
  open('config/wpa_supplicant.conf', 'network={}\n');
  expect(await told('config/installer-config.txt', 'missing-partner', false)).toEqual([
    'clear-password',
  ]);
});

test('an unsaved post-install.txt counts for the configuration and for the lists', async () => {
  await start();
  open('config/installer-config.txt', "username=ada\nuserpw=x\nrootpw='a long one'\n");
  await told('config/installer-config.txt', 'clear-password', true);
  open('config/files/my.list', 'eve 644 /etc/motd\n');
  await told('config/files/my.list', 'list-unknown-user', true);
  open('config/post-install.txt', '# nothing yet\n');
  type('config/post-install.txt', 2, 'sed -i /pw=/d /boot/installer-config.txt\nadduser eve\n');
  await told('config/installer-config.txt', 'clear-password', false);
  expect(await told('config/files/my.list', 'list-unknown-user', false)).toEqual(['list-source']);
});

test('an unsaved configuration that names another makes it one that is downloaded', async () => {
  await start();
  open('config/kitchen.installer-config', 'installer_telnet=none\n', 'rpi-installer-config');
  await told('config/kitchen.installer-config', 'too-late', false);
  open('config/installer-config.txt', 'online_config=http://10.0.0.1/kitchen.installer-config\n');
  expect(await told('config/kitchen.installer-config', 'too-late', true)).toEqual(['too-late']);
});
