/**
 * A private place where programs ask for secrets: a folder (0700) with a socket, and beside it the
 * small programs that ask. Each program has a token of its own; who has none is told nothing.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import type { Environment } from '../command/run.ts';
import { ownFolder } from '../files/own-folder.ts';
import { socketFolder } from '../project/paths.ts';
import { clientSource } from './client-source.ts';
import { removeLeftovers } from './leftovers.ts';

const request = z.object({
  token: z.string(),
  /** The arguments of the program that asks. */
  args: z.array(z.string()),
  /** The process that started it. */
  parent: z.number(),
});

export type SecretRequest = {
  readonly args: readonly string[];
  readonly parent: number;
  /** Aborts when the program that asks is gone. */
  readonly signal: AbortSignal;
};

/** The secret, or undefined where there is none: the program then fails. */
export type SecretAnswer = (request: SecretRequest) => Promise<string | undefined>;

export type SecretServer = AsyncDisposable & {
  /** The private folder. */
  readonly folder: string;
  /**
   * Writes a program (an .mjs for Node) whose requests are answered by `answer`; returns its path.
   */
  readonly program: (name: string, answer: SecretAnswer) => Promise<string>;
};

/** Listens until disposed; then everything is removed. */
export async function serveSecrets(env: Environment): Promise<SecretServer> {
  const parent = socketFolder(env);
  await ownFolder(parent);
  await removeLeftovers(parent);
  const folder = await mkdtemp(join(parent, 'ask-')); // mkdtemp makes it 0700
  const path = process.platform === 'win32' ? pipeName() : join(folder, 's');
  const answers = new Map<string, SecretAnswer>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const gone = new AbortController();
    sockets.add(socket);
    socket
      .on('close', () => {
        sockets.delete(socket);
        gone.abort();
      })
      .on('error', () => socket.destroy());
    // readline repeats its input's errors as its own: a child that is ended while it asks resets.
    createInterface({ input: socket })
      .on('error', () => socket.destroy())
      .once('line', (line) => {
        void answerLine(line, answers, gone.signal).then((secret) => {
          socket.end(JSON.stringify(secret === undefined ? {} : { secret }));
        });
      });
  });
  const remove = async (): Promise<void> => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await listen(server, path);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    folder,
    program: async (name, answer) => {
      const token = randomBytes(24).toString('base64url');
      const file = join(folder, `${name}.mjs`);
      await writeFile(file, clientSource(path, token), { mode: 0o600 });
      answers.set(token, answer);
      return file;
    },
    [Symbol.asyncDispose]: remove,
  };
}

async function answerLine(
  line: string,
  answers: ReadonlyMap<string, SecretAnswer>,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { token, args, parent } = request.parse(JSON.parse(line));
    for (const [known, answer] of answers) {
      if (sameToken(token, known)) return await answer({ args, parent, signal });
    }
  } catch {
    // What is no request gets no secret; nobody to ask: the program is told so and fails.
  }
  return undefined;
}

function sameToken(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function pipeName(): string {
  return `\\\\.\\pipe\\rpi-ask-${randomBytes(12).toString('hex')}`;
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  if (process.platform !== 'win32') await chmod(path, 0o600);
}
