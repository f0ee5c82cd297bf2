/** The editor in a browser: code-server, as scripts/prepare.mjs installs it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../bundles.ts';
import { forward } from './forward.ts';
import { endAll, TIED } from './processes.ts';

const LOCK = join(ROOT, 'test', 'e2e', 'editor', 'package-lock.json');
const HASH = createHash('sha256').update(readFileSync(LOCK)).digest('hex').slice(0, 12);
/** Where code-server is installed, once there is `.installed` in it. */
const INSTALLED = join(ROOT, '.cache', `editor-${HASH}`);

/** Whether code-server is installed; `npm test` and `npm run ide` do it where they can. */
export const hasCodeServer = existsSync(join(INSTALLED, '.installed'));

/** Nothing pops up, asks, or reaches for the internet. */
const QUIET = {
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'terminal.integrated.gpuAcceleration': 'off',
  'update.mode': 'none',
  'window.confirmBeforeClose': 'never',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};

type Command = { readonly command: string; readonly args: readonly string[] };

export type CodeServerOptions = {
  /** Everything that it writes goes here; what is there already is used. */
  readonly home: string;
  /** A packed extension to install. */
  readonly vsix?: string;
  /** Further packed extensions. */
  readonly otherExtensions?: readonly string[];
  /** User settings, over the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** `ask` about each folder as the editor does, or trust `all`. */
  readonly trust?: 'all' | 'ask';
  /** Turns a command into one that reaches the Pis. */
  readonly enter?: (command: string, args: readonly string[]) => Promise<Command>;
  /**
   * Hides the checkout from it and from all that it starts, so that nothing can depend on it, and ends
   * all of it with this process. Root only.
   */
  readonly hideCheckout?: boolean;
  /** Further variables. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * For a browser of this machine, wherever the editor runs: the port on 127.0.0.1, the first of
   * these that is free; 0 is any. Without them it listens on the loopback of the network it runs in.
   */
  readonly ports?: readonly number[];
  /** The settings of an earlier start are a person's own by now. */
  readonly keepSettings?: boolean;
};

export type CodeServer = AsyncDisposable & {
  readonly url: string;
  /** The page that opens a folder or a `.code-workspace` file; without a path, an empty window. */
  readonly open: (path?: string) => string;
  /** What it printed so far. */
  readonly log: () => string;
  /** Resolves when it has ended, by itself or not. */
  readonly ended: Promise<void>;
};

/** Starts it and waits until it answers. Everything that it started ends with `Symbol.asyncDispose`. */
export async function startCodeServer(options: CodeServerOptions): Promise<CodeServer> {
  if (!hasCodeServer) throw new Error('code-server is not installed: npm run ide');
  const { home } = options;
  await writeSettings(home, options);
  for (const vsix of [options.vsix ?? [], options.otherExtensions ?? []].flat()) {
    await installExtension(options, vsix);
  }
  const trust = options.trust === 'ask' ? [] : ['--disable-workspace-trust'];
  const { ports } = options;
  return ports === undefined
    ? startOnLoopback(options, trust)
    : startBehindForward(options, trust, ports);
}

async function startOnLoopback(
  options: CodeServerOptions,
  words: readonly string[],
): Promise<CodeServer> {
  const { child, log } = await start(options, ['--bind-addr', '127.0.0.1:0', ...words]);
  const ended = once(child, 'exit').then(() => undefined);
  const stop = async (): Promise<void> => {
    await endAll(child, options.home);
    await ended;
  };
  try {
    const url = await untilItSays(/HTTP server listening on (http:\S+)/, child, log);
    return { url, open: (path) => addressOf(url, path), log, ended, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startBehindForward(
  options: CodeServerOptions,
  words: readonly string[],
  ports: readonly number[],
): Promise<CodeServer> {
  // The path of a socket must be short: that of a home may not be.
  const folder = await mkdtemp(join(tmpdir(), 'rpi-s-'));
  const socket = join(folder, 's');
  const { child, log } = await start(options, ['--socket', socket, ...words]);
  const ended = once(child, 'exit').then(() => undefined);
  const stop = async (): Promise<void> => {
    await endAll(child, options.home);
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilItAnswers(socket, child, log);
    const port = await forward(socket, ports);
    return {
      url: port.url,
      open: (path) => addressOf(port.url, path),
      log,
      ended,
      [Symbol.asyncDispose]: async () => {
        await port[Symbol.asyncDispose]();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function addressOf(url: string, path: string | undefined): string {
  if (path === undefined) return `${url}?ew=true`;
  const kind = path.endsWith('.code-workspace') ? 'workspace' : 'folder';
  return `${url}?${kind}=${encodeURIComponent(path)}`;
}

async function writeSettings(
  home: string,
  { settings, keepSettings = false }: CodeServerOptions,
): Promise<void> {
  const file = join(home, 'data', 'User', 'settings.json');
  await mkdir(dirname(file), { recursive: true });
  await mkdir(join(home, 'extensions'), { recursive: true });
  if (!keepSettings || !existsSync(file)) {
    await writeFile(file, `${JSON.stringify({ ...QUIET, ...settings }, undefined, 2)}\n`);
  }
  // Without it, it writes one with a password into the person's own configuration.
  await writeFile(join(home, 'config.yaml'), '{}\n');
}

async function installExtension(options: CodeServerOptions, vsix: string): Promise<void> {
  const { child, log } = await start({ ...options, hideCheckout: false }, [
    '--install-extension',
    vsix,
    '--force',
  ]);
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`${vsix} could not be installed:\n${log()}`);
}

async function start(
  options: CodeServerOptions,
  args: readonly string[],
): Promise<{ child: ChildProcess; log: () => string }> {
  const { home } = options;
  const hidden = options.hideCheckout === true;
  const node = hidden ? join(home, 'node') : dirname(dirname(process.execPath));
  const editor = hidden ? join(home, 'editor') : INSTALLED;
  const words = [
    ...(hidden ? await hideCheckout(node, editor) : []),
    join(node, 'bin', 'node'),
    join(editor, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
    ...['--auth', 'none', '--config', join(home, 'config.yaml')],
    ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
    ...['--user-data-dir', join(home, 'data'), '--extensions-dir', join(home, 'extensions')],
    ...args,
  ];
  const [command = '', ...rest] = words;
  const entered = (await options.enter?.(command, rest)) ?? { command, args: rest };
  const child = spawn(entered.command, entered.args, {
    cwd: home,
    env: environment(home, options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, which is ended as a whole.
    detached: true,
  });
  let text = '';
  const keep = (chunk: string): void => void (text = (text + chunk).slice(-100_000));
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  child.on('error', (error) => keep(error.message));
  return { child, log: () => text };
}

/**
 * The beginning of a command line that runs the rest where the checkout is an empty folder. Node and
 * code-server, which are in the checkout, are seen at other places.
 */
async function hideCheckout(node: string, editor: string): Promise<string[]> {
  await mkdir(node, { recursive: true });
  await mkdir(editor, { recursive: true });
  const script = [
    'mount --bind "$1" "$2"',
    'mount --bind "$3" "$4"',
    'mount -t tmpfs -o size=1m none "$5"',
    'shift 5',
    'exec "$@"',
  ].join(' && ');
  const places = [dirname(dirname(process.execPath)), node, INSTALLED, editor, ROOT];
  return [...TIED, 'sh', '-c', script, 'sh', ...places];
}

/** A person's environment and not a build's: no node_modules/.bin, nothing of npm. */
function environment(
  home: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: home,
    LANG: 'C.UTF-8',
    SHELL: '/bin/bash',
    EXTENSIONS_GALLERY: '{}',
    ...more,
  };
}

async function untilItAnswers(
  socketPath: string,
  child: ChildProcess,
  log: () => string,
): Promise<void> {
  await until(() => answers(socketPath), child, log);
}

/** Until a line of its log fits. Returns what the pattern’s group matched, as the address of a page. */
async function untilItSays(
  pattern: RegExp,
  child: ChildProcess,
  log: () => string,
): Promise<string> {
  let url = '';
  await until(
    () => {
      const [, said] = pattern.exec(log()) ?? [];
      if (said !== undefined) url = new URL(said).href;
      return Promise.resolve(said !== undefined);
    },
    child,
    log,
  );
  return url;
}

async function until(
  isTrue: () => Promise<boolean>,
  child: ChildProcess,
  log: () => string,
): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isTrue())) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      throw new Error(`code-server did not start:\n${log()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/healthz' }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
