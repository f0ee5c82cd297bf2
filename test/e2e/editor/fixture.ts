/** The editor as a walk needs it: the packed extension, a folder, a window in a browser. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run as runInLab } from '../../../lab/command.ts';
import { enterCommand, execCommand } from '../../../lab/lab.ts';
import {
  hasCodeServer,
  startCodeServer,
  type CodeServer,
  type CodeServerOptions,
} from '../../../scripts/ide/code-server.ts';
import { hasBrowser, newPage, startBrowser } from './browser.ts';
import { runInExtensionHost, type HostTests } from './extension-host.ts';
import { PACKED } from '../pack.ts';
import { Workbench } from './workbench.ts';

export const hasEditor = hasCodeServer && hasBrowser;
/** Ends the name of a test group: says why it is skipped, where it is. */
export const whyNoEditor = hasEditor
  ? ''
  : ` (skipped: ${hasBrowser ? 'code-server' : 'Chromium'} is not installed)`;

export type EditorOptions = {
  /** Files of the folder, by their path in it. */
  readonly files?: Readonly<Record<string, string>>;
  /** The folder of a lab whose network the editor is to stand in. */
  readonly lab?: string;
  /** Opens no folder. */
  readonly empty?: boolean;
  /** Opens this file of the folder in its place: a `.code-workspace`. */
  readonly open?: string;
} & Pick<CodeServerOptions, 'settings' | 'trust' | 'env' | 'otherExtensions'>;

export type Editor = AsyncDisposable & {
  readonly server: CodeServer;
  readonly workbench: Workbench;
  /** The folder that is open. */
  readonly folder: string;
  readonly home: string;
  /** Another window of its own, as of another person. */
  readonly newWindow: (path?: string) => Promise<Workbench>;
  /** What the extension and its host have logged. */
  readonly logs: () => Promise<string>;
  /** Runs a shell script as root inside a machine of the lab, over no network. */
  readonly onPi: (machine: string, script: string) => Promise<string>;
  /** A window on the folder whose extension host runs tests. Returns what was logged. */
  readonly inExtensionHost: (tests: HostTests) => Promise<string>;
};

/** Starts everything. It ends with `Symbol.asyncDispose`, and nothing is left. */
export async function startEditor(options: EditorOptions = {}): Promise<Editor> {
  const home = await mkdtemp(join(tmpdir(), 'rpi-ed-'));
  const folder = join(home, 'my-pis');
  const temporary = join(home, 't');
  await mkdir(folder);
  await mkdir(temporary);
  await writeFiles(folder, options.files ?? {});
  const stack = new AsyncDisposableStack();
  stack.defer(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
  try {
    const { lab, settings, trust, env, otherExtensions } = options;
    const enter =
      lab === undefined
        ? undefined
        : (command: string, args: readonly string[]) => enterCommand(command, args, { dir: lab });
    const server = stack.use(
      await startCodeServer({
        home,
        vsix: PACKED,
        trust: trust ?? 'all',
        ...(settings === undefined ? {} : { settings }),
        ...(otherExtensions === undefined ? {} : { otherExtensions }),
        // As in a person's home; ssh takes ~ for the account's, whatever HOME says.
        env: {
          RPI_HOST_RESULTS: join(home, 'results.json'),
          XDG_DATA_HOME: join(home, 'd'),
          // The editor leaves sockets behind.
          TMPDIR: temporary,
          ANSIBLE_HOME: join(home, 'ansible'),
          ANSIBLE_SSH_CONTROL_PATH_DIR: join(home, 'cp'),
          ...env,
        },
        hideCheckout: process.getuid?.() === 0,
        ...(enter === undefined ? {} : { enter }),
      }),
    );
    const browser = await startBrowser(home, enter);
    stack.defer(() => browser.close());
    const newWindow = async (path?: string): Promise<Workbench> =>
      Workbench.open(await newPage(browser), server.open(path));
    const workbench = await newWindow(
      options.empty === true ? undefined : join(folder, options.open ?? ''),
    );
    return {
      server,
      workbench,
      folder,
      home,
      newWindow,
      logs: () => logsOf(home),
      onPi: async (machine, script) => {
        const command = await execCommand(machine, 'sh', ['-c', script], { dir: lab });
        return (await runInLab(command)).stdout;
      },
      inExtensionHost: async (tests) =>
        runInExtensionHost(await newPage(browser), server.open(folder), tests),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function logsOf(home: string): Promise<string> {
  const folder = join(home, 'data', 'logs');
  const names = await readdir(folder, { recursive: true });
  const wanted = names.filter((name) =>
    /Raspberry Pi( Language Server)?\.log$|remoteexthost\.log$/.test(name),
  );
  const texts = await Promise.all(
    wanted.map(async (name) => `── ${name}\n${await readFile(join(folder, name), 'utf8')}`),
  );
  return texts.join('\n');
}
