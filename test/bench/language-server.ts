/**
 * The language server beside ansible-language-server, in the same run: process start → initialized.
 * Warm, on a full installer-config.txt: open → diagnostics, a key → diagnostics. Memory after 60 s
 * in which nothing happened.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { SMALL_NODE_ENVIRONMENT, smallNodeFlags } from '../../core/command/small-node.ts';
import { RASPBERRYPI_DIALECT } from '../../core/data/installer-dialects.ts';
import { BUNDLES, ROOT } from '../../scripts/bundles.ts';
import { LanguageServerClient, type ServerCommand } from '../integration/language-server-client.ts';
import { playbookRows, playbookTimes } from './playbook-editing.ts';
import { indexRows, indexTimes } from './project-index.ts';
import { alone, atMost, beside, median, renderRow, type BenchRow } from './row.ts';

const PEER = '@ansible/ansible-language-server';
const PEER_VERSION = '26.6.0';
const PEER_FOLDER = join(ROOT, '.cache', 'peers', `ansible-language-server-${PEER_VERSION}`);
/** Its own defaults, without ansible-lint, which is not everywhere. */
const PEER_SETTINGS = {
  ansible: { path: 'ansible', useFullyQualifiedCollectionNames: true },
  python: { interpreterPath: '', activationScript: '' },
  executionEnvironment: { enabled: false },
  completion: { provideRedirectModules: true, provideModuleOptionAliases: true },
  validation: { enabled: true, lint: { enabled: false, path: 'ansible-lint', arguments: '' } },
};
const ROUNDS = 9;
const KEYS = 100;
const SETTINGS = 100;
/** Milliseconds. */
const IDLE = 60_000;

/** Bundles the server for itself. Installs the peer where it can. */
export async function benchmark(): Promise<BenchRow[]> {
  await using disposal = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'rpi-bench-server-'));
  disposal.defer(() => rm(folder, { recursive: true, force: true }));
  await build({ ...BUNDLES.server, outdir: join(folder, 'dist') });
  await copyFile(join(ROOT, 'package.json'), join(folder, 'package.json'));
  await cp(join(ROOT, 'ansible', 'data'), join(folder, 'ansible', 'data'), { recursive: true });
  const ours: ServerCommand = {
    command: process.execPath,
    args: [...smallNodeFlags(2), join(folder, 'dist', 'server.js')],
    cwd: folder,
    env: { ...process.env, ...SMALL_NODE_ENVIRONMENT },
  };
  const peer = await findPeer();
  if (peer === undefined) {
    process.stderr.write(`  ${PEER} ${PEER_VERSION} can't be installed here: no comparison.\n`);
  }
  const [ourStarts, peerStarts]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    ourStarts.push(await timeOfStart(ours, folder));
    if (peer !== undefined) peerStarts.push(await timeOfStart({ ...peer, cwd: folder }, folder));
  }
  const start = { name: 'language server: process start → initialized', unit: 'ms' } as const;
  const ourStart = median(ourStarts);
  const warm = await warmTimes(ours, folder);
  const playbooks = await playbookTimes(folder, (project) =>
    started({ ...ours, cwd: project }, project),
  );
  const index = await indexTimes(join(folder, 'projects'), (project) =>
    started({ ...ours, cwd: folder }, project),
  );
  const memory = await idleMemory(ours, {
    name: 'installer-config.txt',
    languageId: 'rpi-installer-config',
    text: fullConfig(),
    position: { line: 2, character: 0 },
  });
  return [
    peer === undefined
      ? alone({ ...start, value: ourStart })
      : atMost(1, { ...start, ours: ourStart, peer: median(peerStarts), peerName: PEER }),
    alone({
      name: `language server: open → diagnostics, ${SETTINGS} settings, warm`,
      value: warm.open,
      unit: 'ms',
      limit: 20,
    }),
    alone({
      name: 'language server: a key → diagnostics, warm',
      value: warm.key,
      unit: 'ms',
      limit: 5,
    }),
    peer === undefined
      ? alone({ name: 'language server: memory after 60 s idle', value: memory, unit: 'MB' })
      : beside({
          name: 'language server: memory after 60 s idle',
          ours: memory,
          peer: await idleMemory(peer, PLAYBOOK),
          peerName: `${PEER}, a playbook of one task`,
          unit: 'MB',
        }),
    ...playbookRows(playbooks),
    ...indexRows(index),
    ...(await playbookMemory(ours, peer)),
  ];
}

async function playbookMemory(
  ours: ServerCommand,
  peer: ServerCommand | undefined,
): Promise<BenchRow[]> {
  const name = 'language server: memory 60 s after a playbook was opened';
  const value = await idleMemory(ours, PLAYBOOK);
  if (peer === undefined) return [alone({ name, value, unit: 'MB' })];
  const other = await idleMemory(peer, PLAYBOOK);
  return [atMost(0.5, { name, ours: value, peer: other, peerName: PEER, unit: 'MB' })];
}

async function timeOfStart(server: ServerCommand, folder: string): Promise<number> {
  const began = performance.now();
  const client = await started(server, folder);
  const time = performance.now() - began;
  await client.shutdown();
  return time;
}

async function started(server: ServerCommand, folder: string): Promise<LanguageServerClient> {
  // The peer asks for settings.
  const client = LanguageServerClient.start(server, (method, params) =>
    method === 'workspace/configuration' ? answers(params) : undefined,
  );
  await client.request('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    workspaceFolders: [{ uri: pathToFileURL(folder).href, name: 'bench' }],
    capabilities: {
      workspace: {
        workspaceFolders: true,
        configuration: true,
        // As VS Code: without it ours looks at the files again every 3 s.
        didChangeWatchedFiles: { dynamicRegistration: true },
      },
    },
  });
  client.notify('initialized', {});
  return client;
}

function answers(params: unknown): unknown[] {
  const items: unknown =
    typeof params === 'object' && params !== null && 'items' in params ? params.items : [];
  return Array.isArray(items) ? items.map(() => PEER_SETTINGS) : [];
}

/** Medians, in milliseconds, seen from the editor’s end of the pipe. */
async function warmTimes(
  server: ServerCommand,
  folder: string,
): Promise<{ open: number; key: number }> {
  const text = fullConfig();
  const client = await started(server, folder);
  const name = (round: number): string =>
    pathToFileURL(join(folder, String(round), 'installer-config.txt')).href;
  const opens: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await mkdir(join(folder, String(round)), { recursive: true });
    const uri = name(round);
    const since = client.notifications.length;
    const began = performance.now();
    client.notify('textDocument/didOpen', {
      textDocument: { uri, languageId: 'rpi-installer-config', version: 1, text },
    });
    await client.next('textDocument/publishDiagnostics', undefined, since);
    opens.push(performance.now() - began);
  }
  const uri = name(ROUNDS - 1);
  const line = text.split('\n').findIndex((each) => each.startsWith('hostname='));
  const keys: number[] = [];
  for (let key = 0; key < KEYS; key++) {
    const at = { line, character: 'hostname='.length };
    const since = client.notifications.length;
    const began = performance.now();
    client.notify('textDocument/didChange', {
      textDocument: { uri, version: key + 2 },
      // An underscore is no letter of a host name, so the findings change with each key.
      contentChanges: [
        key % 2 === 0
          ? { range: { start: at, end: at }, text: '_' }
          : { range: { start: at, end: { ...at, character: at.character + 1 } }, text: '' },
      ],
    });
    await client.next('textDocument/publishDiagnostics', undefined, since);
    keys.push(performance.now() - began);
  }
  await client.shutdown();
  return {
    // The first loads the language.
    open: median(opens.slice(1)),
    key: median(keys),
  };
}

/** 100 settings: every option with a value, the first ones twice, and comments between. */
function fullConfig(): string {
  const { options } = RASPBERRYPI_DIALECT;
  return Array.from({ length: SETTINGS }, (_, index) => {
    const {
      name,
      default: value,
      values,
      type,
      group,
    } = options[index % options.length] ?? {
      name: 'hostname',
      type: 'string',
      group: 'network',
    };
    const fallback = type === 'boolean' ? '1' : type === 'integer' ? '64' : 'kitchen';
    const heading = index % 8 === 0 ? `\n# ${group}\n` : '';
    return `${heading}${name}='${value ?? values?.[0] ?? fallback}'\n`;
  }).join('');
}

type OpenedDocument = {
  readonly name: string;
  readonly languageId: string;
  readonly text: string;
  /** Where one completion is asked for. */
  readonly position: { readonly line: number; readonly character: number };
};

const PLAYBOOK: OpenedDocument = {
  name: 'playbook.yml',
  languageId: 'ansible',
  text: '- name: Play\n  hosts: all\n  tasks:\n    - name: Say hello\n      ansible.builtin.debug:\n        msg: hello\n',
  position: { line: 4, character: 10 },
};

/**
 * Resident memory in MB (10^6 bytes) of the process, 60 s after a document was opened and completed.
 * In a folder of its own: what another server left behind would be indexed, too. Linux only.
 */
async function idleMemory(
  server: ServerCommand,
  { name, languageId, text, position }: OpenedDocument,
): Promise<number> {
  await using disposal = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'rpi-bench-idle-'));
  disposal.defer(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, name), text);
  const client = await started({ ...server, cwd: folder }, folder);
  const uri = pathToFileURL(join(folder, name)).href;
  client.notify('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } });
  await client.request('textDocument/completion', { textDocument: { uri }, position });
  await pause(IDLE);
  const status = await readFile(`/proc/${client.child.pid ?? 0}/status`, 'utf8').catch(() => '');
  await client.shutdown();
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) * 1.024e-3;
}

/** The peer of this very version, installed on demand; undefined where npm can't get it. */
async function findPeer(): Promise<ServerCommand | undefined> {
  const program = join(PEER_FOLDER, 'node_modules', PEER, 'dist', 'cli.cjs');
  if (!(await isThere(program))) {
    await mkdir(PEER_FOLDER, { recursive: true });
    await writeFile(join(PEER_FOLDER, 'package.json'), '{ "private": true }\n');
    const words = [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `${PEER}@${PEER_VERSION}`,
    ];
    const npm = spawn('npm', words, { cwd: PEER_FOLDER, stdio: 'ignore' });
    await Promise.race([once(npm, 'exit'), once(npm, 'error')]).catch(() => undefined);
  }
  return (await isThere(program))
    ? { command: process.execPath, args: [program, '--stdio'] }
    : undefined;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

if (import.meta.main) {
  for (const row of await benchmark()) process.stdout.write(`${renderRow(row)}\n`);
}
