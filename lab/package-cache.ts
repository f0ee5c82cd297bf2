/**
 * The apt cache on the bridge: apt-cacher-ng, the one that the product's documentation advises. The one
 * that is installed here is used; else its Debian package is unpacked into the lab's cache, with the
 * libraries that this machine lacks. Nothing is installed, and no service starts on the host.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';
import type { Command } from './command.ts';
import { LabError } from './errors.ts';
import { isInstalled } from './host.ts';

const program = 'apt-cacher-ng';

export const packageCachePort = 3142;

/**
 * Makes sure that apt-cacher-ng can be started; fetches it at the first need (1.3 MB, network needed).
 * @throws LabError `command-missing` when it is not installed and its package can't be had
 */
export async function ensurePackageCache(
  cache: string,
  onProgress: (text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const folder = unpackedIn(cache);
  if (isInstalled(program) || existsSync(folder)) return;
  onProgress(`fetching ${program} (once)`);
  const partial = `${folder}.partial-${process.pid}`;
  try {
    await unpack(partial, signal);
    await rename(partial, folder).catch((error: unknown) => {
      // Another lab fetched it meanwhile.
      if (!existsSync(folder)) throw error;
    });
  } catch (error) {
    if (error instanceof LabError && error.code === 'interrupted') throw error;
    throw new LabError(
      'command-missing',
      `The lab file asks for packageCache, and ${program} is neither installed nor to be had.`,
      `apt-get update, or apt-get install ${program} (and stop its service); or leave packageCache out.`,
      { cause: error },
    );
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** apt finds out which libraries are needed beside it; it only downloads, into a folder of ours. */
async function unpack(folder: string, signal: AbortSignal | undefined): Promise<void> {
  const downloads = join(folder, 'downloads');
  await mkdir(join(downloads, 'partial'), { recursive: true });
  const options = [
    ...['--quiet', '--yes', '--no-install-recommends', '--download-only'],
    ...['Debug::NoLocking=1', `Dir::Cache::archives=${downloads}`, 'APT::Sandbox::User=root'].map(
      (each) => `--option=${each}`,
    ),
  ];
  await run({ command: 'apt-get', args: [...options, 'install', program] }, { signal });
  for (const file of await readdir(downloads)) {
    if (!file.endsWith('.deb')) continue;
    const args = ['--extract', join(downloads, file), folder];
    await run({ command: 'dpkg-deb', args }, { signal });
  }
  await rm(downloads, { recursive: true });
}

function unpackedIn(cache: string): string {
  return join(cache, program);
}

/**
 * apt-cacher-ng in the foreground, on one address.
 * @param cache the folder that labs share, where an unpacked one is
 * @param own the lab's folders: `packages` for what is kept, `logs` for apt-cacher.log (who asked for what)
 */
export function packageCacheCommand(
  cache: string,
  address: string,
  own: { readonly packages: string; readonly logs: string },
): Command {
  const settings = {
    ForeGround: '1',
    BindAddress: address,
    Port: String(packageCachePort),
    CacheDir: own.packages,
    LogDir: own.logs,
    // The lab's mirrors listen on ports of their own.
    AllowUserPorts: '0',
    // A line for each request, written at once.
    VerboseLog: '1',
    UnbufferLogs: '1',
    // No socket beside the port.
    SocketPath: '',
  };
  const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  if (isInstalled(program)) return { command: program, args: words };
  const folder = unpackedIn(cache);
  const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const libraries = ['usr/lib', 'lib'].map((each) => join(folder, each, triplet)).join(':');
  return {
    command: join(folder, 'usr/sbin', program),
    args: [...words, `SupportDir=${join(folder, 'usr/lib', program)}`],
    env: { ...process.env, LD_LIBRARY_PATH: libraries },
  };
}
