/** The built language server, driven by a bare JSON-RPC client. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { BUNDLES, ROOT } from '../../scripts/bundles.ts';
import { temporaryFolder } from '../temporary.ts';
import { LanguageServerClient } from './language-server-client.ts';

const place = z.object({ line: z.number(), character: z.number() });
const range = z.object({ start: place, end: place });
const edit = z.object({ range, newText: z.string() });
const diagnosticsSchema = z.object({
  uri: z.string(),
  version: z.number().optional(),
  diagnostics: z.array(
    z.object({
      range,
      severity: z.number(),
      code: z.string(),
      message: z.string(),
      codeDescription: z.object({ href: z.string() }),
    }),
  ),
});
type Diagnostics = z.infer<typeof diagnosticsSchema>;
const actions = z.array(
  z.object({
    title: z.string(),
    kind: z.string(),
    isPreferred: z.boolean().optional(),
    edit: z.object({ changes: z.record(z.string(), z.array(edit)) }),
  }),
);
const completions = z.array(
  z.looseObject({ label: z.string(), textEdit: edit, detail: z.string().optional() }),
);

let package_: string;
const packages: string[] = [];
let folder: string;
const clients: LanguageServerClient[] = [];

beforeAll(async () => {
  package_ = await bundled('server/server.ts');
});

afterAll(async () => {
  for (const each of packages) await rm(each, { recursive: true, force: true });
});

afterEach(() => {
  for (const client of clients.splice(0)) client.kill();
});

/** A folder like the package's, with the bundle and what it finds beside it. */
async function bundled(entry: string): Promise<string> {
  const target = await mkdtemp(join(tmpdir(), 'rpi-server-'));
  packages.push(target);
  await build({
    ...BUNDLES.server,
    entryPoints: { server: entry },
    outdir: join(target, 'dist'),
  });
  await copyFile(join(ROOT, 'package.json'), join(target, 'package.json'));
  await cp(join(ROOT, 'docs'), join(target, 'docs'), { recursive: true });
  return target;
}

type Options = {
  readonly from?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly capabilities?: object;
  readonly initializationOptions?: object;
  readonly processId?: number;
};

async function start(options: Options = {}): Promise<LanguageServerClient> {
  folder = await temporaryFolder();
  const client = LanguageServerClient.start({
    command: process.execPath,
    args: [join(options.from ?? package_, 'dist', 'server.js')],
    cwd: folder,
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  clients.push(client);
  const answer = await client.request('initialize', {
    processId: options.processId ?? process.pid,
    rootUri: pathToFileURL(folder).href,
    capabilities: options.capabilities ?? {},
    initializationOptions: options.initializationOptions,
  });
  expect(answer).toMatchObject({ capabilities: { hoverProvider: true } });
  client.notify('initialized', {});
  return client;
}

function uriOf(name: string): string {
  return pathToFileURL(join(folder, name)).href;
}

async function open(
  client: LanguageServerClient,
  name: string,
  text: string,
  languageId = 'plaintext',
): Promise<Diagnostics> {
  const since = client.notifications.length;
  const uri = uriOf(name);
  client.notify('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } });
  return published(client, name, since);
}

async function change(
  client: LanguageServerClient,
  name: string,
  version: number,
  contentChanges: readonly object[],
): Promise<Diagnostics> {
  const since = client.notifications.length;
  client.notify('textDocument/didChange', {
    textDocument: { uri: uriOf(name), version },
    contentChanges,
  });
  return published(client, name, since);
}

async function published(
  client: LanguageServerClient,
  name: string,
  since: number,
): Promise<Diagnostics> {
  const uri = uriOf(name);
  const params = await client.next(
    'textDocument/publishDiagnostics',
    (each: { uri: string }) => each.uri === uri,
    since,
  );
  return diagnosticsSchema.parse(params);
}

const codes = ({ diagnostics }: Diagnostics): string[] => diagnostics.map(({ code }) => code);

const FAULTY = `# A greenhouse
hostname = greenhouse
release=
rootpw='correct horse'
`;

describe('a conversation', () => {
  test('from the first word to the last, with nothing else on stdout', async () => {
    const client = await start();
    const name = 'installer-config.txt';
    const textDocument = { uri: uriOf(name) };
    const first = await open(client, name, FAULTY);
    expect(codes(first)).toEqual(
      expect.arrayContaining(['spaces-around-equals', 'empty-value', 'clear-password']),
    );
    const fault = first.diagnostics.find(({ code }) => code === 'spaces-around-equals');
    expect(fault).toMatchObject({ severity: 1, range: { start: { line: 1, character: 0 } } });
    expect(fault?.codeDescription.href).toBe(
      `${pathToFileURL(join(package_, 'docs/installer-config.md')).href}#spaces-around-equals`,
    );

    const context = { diagnostics: fault === undefined ? [] : [fault] };
    const offered = actions.parse(
      await client.request('textDocument/codeAction', {
        textDocument,
        range: fault?.range,
        context,
      }),
    );
    expect(offered).toMatchObject([{ kind: 'quickfix', isPreferred: true }]);
    const fixes = offered[0]?.edit.changes[textDocument.uri] ?? [];
    expect(fixes).toEqual([
      {
        range: { start: { line: 1, character: 0 }, end: { line: 1, character: 21 } },
        newText: 'hostname=greenhouse',
      },
    ]);
    const mended = await change(
      client,
      name,
      2,
      fixes.map((each) => ({ range: each.range, text: each.newText })),
    );
    expect(mended.version).toBe(2);
    expect(codes(mended)).not.toContain('spaces-around-equals');

    const all = actions.parse(
      await client.request('textDocument/codeAction', {
        textDocument,
        range: fault?.range,
        context: { diagnostics: [], only: ['source.fixAll'] },
      }),
    );
    expect(all).toMatchObject([{ kind: 'source.fixAll.rpi' }]);
    expect(all[0]?.edit.changes[textDocument.uri]).toMatchObject([{ newText: 'bullseye' }]);

    const values = completions.parse(
      await client.request('textDocument/completion', {
        textDocument,
        position: { line: 2, character: 8 },
      }),
    );
    expect(values[0]).toMatchObject({
      label: 'bullseye',
      detail: 'Debian 11, what this installer finishes (the default)',
    });
    const names = completions.parse(
      await client.request('textDocument/completion', {
        textDocument,
        position: { line: 4, character: 0 },
      }),
    );
    expect(names.map(({ label }) => label)).toContain('timezone');
    // This client can't fill in snippets.
    expect(names.map(({ label }) => label)).not.toContain('fixed address');

    expect(
      await client.request('textDocument/hover', {
        textDocument,
        position: { line: 1, character: 2 },
      }),
    ).toMatchObject({ contents: { kind: 'markdown' } });
    expect(await client.request('textDocument/documentSymbol', { textDocument })).toMatchObject([
      { name: 'hostname', detail: 'greenhouse' },
      { name: 'release' },
      { name: 'rootpw', detail: '•••••' },
    ]);
    expect(await client.request('textDocument/foldingRange', { textDocument })).toEqual([
      { startLine: 0, endLine: 3, kind: 'region' },
    ]);
    expect(
      await client.request('textDocument/semanticTokens/full', { textDocument }),
    ).toMatchObject({
      data: [3, 7, 15, 0, 0],
    });
    expect(
      await client.request('textDocument/inlayHint', {
        textDocument,
        range: { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } },
      }),
    ).toMatchObject([{ label: 'bullseye', position: { line: 2, character: 8 } }]);
    expect(await client.request('textDocument/codeLens', { textDocument })).toEqual([]);
    expect(await client.request('textDocument/formatting', { textDocument, options: {} })).toEqual(
      [],
    );
    const preview = z
      .object({ text: z.string() })
      .parse(await client.request('rpi/preview', textDocument));
    expect(preview.text).toMatch(/rootpw=•••••\s+# line 4/);

    client.notify('textDocument/didClose', { textDocument });
    await client.next(
      'textDocument/publishDiagnostics',
      ({ diagnostics }: Diagnostics) => diagnostics.length === 0,
    );
    expect(
      await client.request('textDocument/hover', {
        textDocument,
        position: first.diagnostics[0]?.range.start,
      }),
    ).toBeNull();
    expect(await client.shutdown()).toBe(0);
    expect(client.noise).toBe('');
    expect(client.stderr).toBe('');
  });

  test('leads to the files that values name, and to documents that the editor makes', async () => {
    const client = await start({
      initializationOptions: {
        docsScheme: 'my-docs',
        previewCommand: 'my.preview',
        verifyCommand: 'my.verify',
        reinstallCommand: 'my.reinstall',
      },
    });
    await mkdir(join(folder, 'files', 'root', 'etc'), { recursive: true });
    await writeFile(join(folder, 'files', 'ada.pub'), 'ssh-ed25519 AAAA\n');
    await writeFile(join(folder, 'files', 'root', 'etc', 'motd'), 'hello\n');
    const found = await open(client, 'installer-config.txt', 'release=\nroot_ssh_pubkey=ada.pub\n');
    expect(found.diagnostics.map(({ codeDescription }) => codeDescription.href)).toContain(
      'my-docs:/installer-config/empty-value.md',
    );
    const textDocument = { uri: uriOf('installer-config.txt') };
    expect(
      await client.request('textDocument/definition', {
        textDocument,
        position: { line: 1, character: 18 },
      }),
    ).toMatchObject([{ targetUri: uriOf('files/ada.pub') }]);
    expect(await client.request('textDocument/codeLens', { textDocument })).toMatchObject([
      { command: { command: 'my.preview', arguments: [textDocument.uri] } },
      { command: { command: 'my.verify', arguments: [textDocument.uri] } },
      { command: { command: 'my.reinstall', arguments: [textDocument.uri] } },
    ]);

    const list = await open(client, 'files/my.list', 'root 0644 /etc/motd\nroot 0644 /etc/gone\n');
    expect(codes(list)).toEqual(['list-source']);
    expect(
      await client.request('textDocument/documentLink', {
        textDocument: { uri: uriOf('files/my.list') },
      }),
    ).toMatchObject([{ target: uriOf('files/root/etc/motd') }]);
  });

  test('counts in UTF-16 units, with carriage returns, from change to change', async () => {
    const client = await start();
    const found = await open(client, 'a.installer-config', "domainname='😀' \r\nhostname = b\r\n");
    expect(found.diagnostics.find(({ code }) => code === 'spaces-around-equals')?.range).toEqual({
      start: { line: 1, character: 0 },
      end: { line: 1, character: 12 },
    });
    const at = (line: number, character: number): object => ({
      start: { line, character },
      end: { line, character },
    });
    const after = await change(client, 'a.installer-config', 2, [
      { range: at(0, 0), text: '# 😀\r\n' },
      { range: at(0, 4), text: '!' },
    ]);
    expect(after.diagnostics.find(({ code }) => code === 'spaces-around-equals')?.range).toEqual({
      start: { line: 2, character: 0 },
      end: { line: 2, character: 12 },
    });
  });

  test('has nothing to say of other documents', async () => {
    const client = await start();
    const textDocument = {
      uri: uriOf('notes.txt'),
      languageId: 'plaintext',
      version: 1,
      text: 'a = b',
    };
    client.notify('textDocument/didOpen', { textDocument });
    const position = { line: 0, character: 0 };
    expect(await client.request('textDocument/hover', { textDocument, position })).toBeNull();
    expect(await client.request('textDocument/completion', { textDocument, position })).toEqual([]);
    expect(await client.request('rpi/preview', { uri: textDocument.uri })).toBeNull();
    expect(client.notifications).toEqual([]);
  });
});

describe('what surrounds a document', () => {
  const WIFI = 'ifname=wlan0\nwlan_country=GB\n';
  const lacksWifi = ({ diagnostics }: Diagnostics): boolean =>
    diagnostics.some(({ message }) => message.includes('wlan_ssid'));

  test('is looked at again when the editor says that files have changed', async () => {
    const client = await start({
      capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } },
    });
    expect(lacksWifi(await open(client, 'installer-config.txt', WIFI))).toBe(true);
    expect(client.requested.map(({ method }) => method)).toEqual(['client/registerCapability']);
    const since = client.notifications.length;
    await writeFile(join(folder, 'wpa_supplicant.conf'), 'network={}\n');
    client.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: uriOf('wpa_supplicant.conf'), type: 1 }],
    });
    expect(lacksWifi(await published(client, 'installer-config.txt', since))).toBe(false);
  });

  test('is looked at now and then where the editor watches nothing', async () => {
    const client = await start();
    expect(lacksWifi(await open(client, 'installer-config.txt', WIFI))).toBe(true);
    const since = client.notifications.length;
    await writeFile(join(folder, 'wpa_supplicant.conf'), 'network={}\n');
    expect(lacksWifi(await published(client, 'installer-config.txt', since))).toBe(false);
  });
});

describe('trust', () => {
  test('no program is started before the folder is trusted', async () => {
    const programs = await temporaryFolder();
    const ran = join(programs, 'ran');
    const bash = join(programs, 'bash');
    await writeFile(bash, `#!/bin/sh\necho x >>'${ran}'\nexec /bin/bash "$@"\n`);
    await chmod(bash, 0o755);
    const client = await start({ env: { ...process.env, PATH: `${programs}:/usr/bin:/bin` } });
    const wrong = 'if true; then\n  echo\n';
    expect(codes(await open(client, 'post-install.txt', wrong))).toEqual([]);
    await expect(readFile(ran)).rejects.toThrow('ENOENT');
    const since = client.notifications.length;
    client.notify('rpi/trusted', {});
    expect(codes(await published(client, 'post-install.txt', since))).toEqual(['script-syntax']);
    const mended = await change(client, 'post-install.txt', 2, [{ text: `${wrong}fi\n` }]);
    expect(codes(mended)).toEqual([]);
  });
});

describe('faults and ends', () => {
  test('a rule that crashes is reported once, and the others go on', async () => {
    const client = await start({ from: await bundled('test/integration/crashing-server.ts') });
    expect(codes(await open(client, 'a.crashing', 'a'))).toEqual(['works']);
    for (let version = 2; version < 5; version++) {
      await change(client, 'a.crashing', version, [{ text: 'b'.repeat(version) }]);
    }
    expect(codes(await open(client, 'b.crashing', 'a'))).toEqual(['works']);
    const reports = client.notifications
      .filter(({ method }) => method === 'window/logMessage')
      .map(({ params }) => z.object({ type: z.number(), message: z.string() }).parse(params));
    expect(reports).toHaveLength(1);
    expect(reports[0]?.message).toMatch(
      /^The rule crashes of crashing failed: .*at every keystroke/s,
    );
    expect(client.noise).toBe('');
  });

  test('it ends when the editor closes the pipe', async () => {
    const client = await start();
    await open(client, 'installer-config.txt', FAULTY);
    client.child.stdin?.end();
    expect(await client.ended()).toBe(1);
  });

  test('it ends when the editor’s process is gone, pipe or not', async () => {
    const editor = spawn('sleep', ['60'], { stdio: 'ignore' });
    const client = await start({ processId: editor.pid ?? 0 });
    await open(client, 'installer-config.txt', FAULTY);
    editor.kill('SIGKILL');
    await once(editor, 'exit');
    await client.ended();
  });
});
