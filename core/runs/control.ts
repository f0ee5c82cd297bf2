/**
 * The control socket of a live run: that it answers is the proof that the run lives. Its verbs
 * are cancel and answer, a line of JSON each, one answer line back. The folder is 0700.
 */
import { unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { RpiError, systemCode } from '../errors.ts';
import { ownFolder } from '../files/own-folder.ts';

const request = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('ping') }),
  z.object({ verb: z.literal('cancel') }),
  z.object({ verb: z.literal('answer'), id: z.string(), value: z.string() }),
]);
export type ControlRequest = z.infer<typeof request>;

const reply = z.object({ ok: z.boolean(), message: z.string() });
export type ControlReply = z.infer<typeof reply>;

export type ControlServer = AsyncDisposable;

/** Path of a run's socket; on Windows, the name of its pipe. */
export function controlPath(folder: string, runId: string): string {
  // A unix socket's path has room for about 100 bytes: the random end of the id is enough.
  const short = runId.slice(-6) + runId.slice(0, 16);
  return process.platform === 'win32' ? `\\\\.\\pipe\\rpi-${short}` : join(folder, `${short}.sock`);
}

/** Listens until disposed. `handle` decides; what it returns is sent back. */
export async function serveControl(
  folder: string,
  runId: string,
  handle: (request: ControlRequest) => ControlReply,
): Promise<ControlServer> {
  const path = controlPath(folder, runId);
  if (process.platform !== 'win32') await ownFolder(folder);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    // readline repeats its input's errors as its own.
    createInterface({ input: socket })
      .on('error', () => socket.destroy())
      .on('line', (line) => {
        socket.write(`${JSON.stringify(respond(line, handle))}\n`);
      });
  });
  await listen(server, path);
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

/** Sends one request to a live run. Throws `run.not-live` where none listens. */
export async function askControl(
  folder: string,
  runId: string,
  message: ControlRequest,
): Promise<ControlReply> {
  const socket = connect(controlPath(folder, runId));
  socket.setTimeout(5000, () => socket.destroy(new Error('no answer within 5 s')));
  try {
    return await new Promise<ControlReply>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('closed without an answer')));
      createInterface({ input: socket })
        .on('error', reject)
        .once('line', (line) => {
          // As a promise of its own, so that a reply that is none rejects and does not crash.
          resolve(Promise.resolve(line).then((text) => reply.parse(JSON.parse(text))));
        });
      socket.write(`${JSON.stringify(message)}\n`);
    });
  } catch (error) {
    throw new RpiError('run.not-live', `The run ${runId} is not live.`, {
      remedy: 'rpi runs list shows which runs are.',
      cause: error,
    });
  } finally {
    socket.destroy();
  }
}

function respond(line: string, handle: (request: ControlRequest) => ControlReply): ControlReply {
  try {
    return handle(request.parse(JSON.parse(line)));
  } catch {
    return { ok: false, message: 'not a request' };
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
