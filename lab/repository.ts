/** The apt repository on the bridge: a flat folder of packages, its index, and the HTTP server for it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import { join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';
import { run } from './command.ts';

export const repositoryPort = 8077;

/** The sources.list line of a machine. Unsigned, hence `trusted`: it never leaves the lab's own network. */
export function sourcesList(gateway: string): string {
  return `deb [trusted=yes] http://${gateway}:${repositoryPort}/ ./\n`;
}

/** Writes Packages, Packages.gz and Release for the packages in a folder. */
export async function writeRepositoryIndex(folder: string, signal?: AbortSignal): Promise<void> {
  const scan = { command: 'dpkg-scanpackages', args: ['--multiversion', '.'], cwd: folder };
  const { stdout } = await run(scan, { signal });
  const indexes = new Map([
    ['Packages', Buffer.from(stdout)],
    ['Packages.gz', gzipSync(stdout)],
  ]);
  for (const [name, content] of indexes) await writeFile(join(folder, name), content);
  await writeFile(join(folder, 'Release'), release(indexes));
}

function release(indexes: ReadonlyMap<string, Buffer>): string {
  const sums = [...indexes].map(([name, content]) => {
    const sum = createHash('sha256').update(content).digest('hex');
    return ` ${sum} ${content.length} ${name}`;
  });
  const fields = ['Origin: rpi-lab', 'Label: rpi-lab', 'Suite: bookworm', 'Codename: bookworm'];
  return `${[...fields, `Date: ${new Date().toUTCString()}`, 'SHA256:', ...sums].join('\n')}\n`;
}

/** Serves a folder, read only, until the server is closed. */
export async function serveRepository(folder: string, address: string): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(folder, request.method ?? '', request.url ?? '/', response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(repositoryPort, address, resolve);
  });
  return server;
}

async function answer(
  folder: string,
  method: string,
  url: string,
  response: ServerResponse,
): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405).end();
    return;
  }
  const name = normalize(`/${decode(url.split('?')[0] ?? '/')}`);
  const path = join(folder, name);
  const info = await stat(path).catch(() => undefined);
  // The network installer takes a release for one that is there when its folder answers.
  if (info?.isDirectory() === true && name.endsWith('/')) {
    response.writeHead(200, { 'content-type': 'text/plain' }).end();
    return;
  }
  if (info?.isFile() !== true) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Not here.\n');
    return;
  }
  response.writeHead(200, {
    'content-length': info.size,
    'last-modified': info.mtime.toUTCString(),
    'content-type': 'application/octet-stream',
  });
  if (method === 'HEAD') response.end();
  else
    createReadStream(path)
      .on('error', () => response.destroy())
      .pipe(response);
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '/';
  }
}

/** The names in a repository's index, for those who ask what can be installed. */
export async function repositoryNames(folder: string): Promise<Set<string>> {
  const index = await readFile(join(folder, 'Packages'), 'utf8');
  return new Set([...index.matchAll(/^Package: (\S+)$/gm)].map(([, name]) => name ?? ''));
}
