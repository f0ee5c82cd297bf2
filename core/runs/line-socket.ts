/** A local socket that answers each line by a line; its folder is the user's alone (0700). */
import { unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { systemCode } from '../errors.ts';
import { ownFolder } from '../files/own-folder.ts';

/** Where `name` listens: a socket in `folder`; on Windows, a pipe. */
export function socketPath(folder: string, name: string): string {
  return process.platform === 'win32' ? `\\\\.\\pipe\\rpi-${name}` : join(folder, `${name}.sock`);
}

/** Listens until disposed. What `respond` returns is sent back as a line; it must not throw. */
export async function serveLines(
  folder: string,
  name: string,
  respond: (line: string) => string,
): Promise<AsyncDisposable> {
  if (process.platform !== 'win32') await ownFolder(folder);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    // readline repeats its input's errors as its own.
    createInterface({ input: socket })
      .on('error', () => socket.destroy())
      .on('line', (line) => {
        socket.write(`${respond(line)}\n`);
      });
  });
  await listen(server, socketPath(folder, name));
  return {
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.end();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroySoon();
      });
    },
  };
}

/** Sends a line and resolves with the one that comes back. Throws where nobody listens. */
export async function askLine(folder: string, name: string, line: string): Promise<string> {
  const socket = connect(socketPath(folder, name));
  socket.setTimeout(5000, () => socket.destroy(new Error('no answer within 5 s')));
  try {
    return await new Promise<string>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('closed without an answer')));
      createInterface({ input: socket }).on('error', reject).once('line', resolve);
      socket.write(`${line}\n`);
    });
  } finally {
    socket.destroy();
  }
}

async function listen(server: Server, path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT' && process.platform !== 'win32') throw error;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}
