/** A local socket that answers each line by a line; it and its folder are the user's alone. */
import { chmod, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { systemCode } from '../errors.ts';
import { isOwnFolder, ownFolder } from '../files/own-folder.ts';
import { otherSocketFolders } from '../project/paths.ts';

/** Characters; who sends more is cut off. An answer may tell of a thousand Pis. */
const LONGEST_REQUEST = 1024 * 1024;
const LONGEST_ANSWER = 256 * 1024 * 1024;

/** Where `name` listens: a socket in `folder`; on Windows, a pipe. */
export function socketPath(folder: string, name: string): string {
  return process.platform === 'win32' ? `\\\\.\\pipe\\rpi-${name}` : join(folder, `${name}.sock`);
}

/** Listens until disposed. What `respond` gives is sent back as a line; it must not throw or reject. */
export async function serveLines(
  folder: string,
  name: string,
  respond: (line: string) => string | Promise<string>,
): Promise<AsyncDisposable> {
  if (process.platform !== 'win32') await ownFolder(folder);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    onLines(socket, LONGEST_REQUEST, (line) => {
      const answer = respond(line);
      if (typeof answer === 'string') socket.write(`${answer}\n`);
      else void answer.then((text) => socket.write(`${text}\n`));
    });
  });
  const path = socketPath(folder, name);
  await listen(server, path);
  if (process.platform !== 'win32') await chmod(path, 0o600);
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

/**
 * Sends a line and resolves with the one that comes back. Where nobody listens in `folder`, who
 * listens where another environment of this user has its sockets is asked. Throws where nobody does.
 */
export async function askLine(folder: string, name: string, line: string): Promise<string> {
  try {
    return await askAt(folder, name, line);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    for (const other of otherSocketFolders(folder)) {
      // In a shared place somebody else may have made it, to be told what is meant for us.
      if (!(await isOwnFolder(other))) continue;
      try {
        return await askAt(other, name, line);
      } catch (elsewhere) {
        if (!isAbsent(elsewhere)) throw elsewhere;
      }
    }
    throw error;
  }
}

/** Nobody was reached, so nothing was asked. */
function isAbsent(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'EACCES' || code === 'ENOTDIR';
}

async function askAt(folder: string, name: string, line: string): Promise<string> {
  const socket = connect(socketPath(folder, name));
  socket.setTimeout(5000, () => socket.destroy(new Error('no answer within 5 s')));
  try {
    return await new Promise<string>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('closed without an answer')));
      onLines(socket, LONGEST_ANSWER, resolve);
      socket.write(`${line}\n`);
    });
  } finally {
    socket.destroy();
  }
}

/**
 * Lines as JSON has them: U+2028, which may stand in it as it is, ends none, as it does for
 * readline. A longer one than `longest` is the end of the socket.
 */
function onLines(socket: Socket, longest: number, take: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  let length = 0;
  socket.on('data', (chunk: Buffer) => {
    const [first = '', ...rest] = decoder.write(chunk).split('\n');
    parts.push(first);
    length += first.length;
    for (const next of rest) {
      take(parts.join(''));
      parts = [next];
      length = next.length;
    }
    if (length > longest) socket.destroy();
  });
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
