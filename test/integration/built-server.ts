/** The language server as it is packaged, in a folder of its own, and bare clients of it. */
import { copyFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { BUNDLES, ROOT } from '../../scripts/bundles.ts';
import { LanguageServerClient } from './language-server-client.ts';

export type BuiltServer = AsyncDisposable & {
  /** Starts it in a folder, which has no programs on its PATH, and says hello. */
  readonly start: (
    folder: string,
    hello?: {
      readonly initializationOptions?: object;
      /** The `workspace` of the client’s capabilities. */
      readonly workspace?: object;
      /** Options of Node. */
      readonly flags?: readonly string[];
    },
  ) => Promise<LanguageServerClient>;
};

/** A new folder like the package's, with the bundle and what it finds beside it. Its caller removes it. */
export async function bundleServer(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rpi-server-'));
  await build({ ...BUNDLES.server, outdir: join(folder, 'dist') });
  await copyFile(join(ROOT, 'package.json'), join(folder, 'package.json'));
  for (const each of ['docs', 'ansible']) {
    await cp(join(ROOT, each), join(folder, each), { recursive: true });
  }
  return folder;
}

/** Bundles the server. Ends all clients with its disposal. */
export async function buildServer(): Promise<BuiltServer> {
  const folder = await bundleServer();
  const clients: LanguageServerClient[] = [];
  return {
    start: async (cwd, { initializationOptions = {}, workspace = {}, flags = [] } = {}) => {
      const client = LanguageServerClient.start({
        command: process.execPath,
        args: [...flags, join(folder, 'dist', 'server.js')],
        cwd,
        env: { PATH: '/nowhere', HOME: cwd },
      });
      clients.push(client);
      await client.request('initialize', {
        processId: process.pid,
        rootUri: pathToFileURL(cwd).href,
        capabilities: {
          workspace: { didChangeWatchedFiles: { dynamicRegistration: true }, ...workspace },
        },
        initializationOptions,
      });
      client.notify('initialized', {});
      return client;
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.kill();
      await Promise.all(clients.map((client) => client.ended()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
