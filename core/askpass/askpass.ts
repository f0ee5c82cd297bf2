/**
 * Secrets for the programs we start (ansible, ssh): they run a small program of ours, which asks
 * the run over a private socket. So a secret stands in no argument, file, log or environment.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { shellWord } from '../command/command.ts';
import { ownFolder } from '../files/own-folder.ts';
import { socketFolder } from '../project/paths.ts';
import type { Context } from '../runs/operation.ts';
import { clientSource } from './client-source.ts';
import { askSecret } from './secret.ts';

export type AskpassOptions = {
  /** Provide the password of sudo. */
  readonly become: boolean;
  /** Provide the password of Ansible's vault. */
  readonly vault: boolean;
};

export type Askpass = AsyncDisposable & {
  /** Executables for `--become-password-file` and `--vault-password-file`. */
  readonly becomePasswordFile: string | undefined;
  readonly vaultPasswordFile: string | undefined;
  /** For the child: ssh asks for a key's passphrase through us as well. */
  readonly env: Readonly<Record<string, string>>;
};

const request = z.object({
  token: z.string(),
  kind: z.enum(['become', 'vault', 'ssh']),
  prompt: z.string(),
});
type Request = z.infer<typeof request>;

/** Listens until disposed. Each secret is asked for when it is first needed, and once. */
export async function startAskpass(context: Context, options: AskpassOptions): Promise<Askpass> {
  const parent = socketFolder(context.env);
  await ownFolder(parent);
  const folder = await mkdtemp(join(parent, 'ask-')); // mkdtemp makes it 0700
  const token = randomBytes(24).toString('base64url');
  const socketPath = join(folder, 's');
  const asked = new Map<string, Promise<string>>();

  const answer = (line: string): Promise<string | undefined> => {
    const wanted = readRequest(line, token);
    if (wanted === undefined) return Promise.resolve(undefined);
    const text = promptOf(wanted);
    const answered = asked.get(text) ?? askSecret(context, text);
    asked.set(text, answered);
    return answered.catch(() => undefined); // nobody to ask: the child is told so and fails
  };

  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    // readline repeats its input's errors as its own: a child that is ended while it asks resets.
    createInterface({ input: socket })
      .on('error', () => socket.destroy())
      .once('line', (line) => {
        void answer(line).then((secret) => {
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
    await listen(server, socketPath);
    const client = join(folder, 'client.mjs');
    await writeFile(client, clientSource(socketPath, token), { mode: 0o600 });
    const program = async (kind: Request['kind']): Promise<string> => {
      const path = join(folder, kind);
      await writeFile(path, wrapper(client, kind), { mode: 0o700 });
      return path;
    };
    return {
      becomePasswordFile: options.become ? await program('become') : undefined,
      vaultPasswordFile: options.vault ? await program('vault') : undefined,
      env: { SSH_ASKPASS: await program('ssh'), SSH_ASKPASS_REQUIRE: 'force' },
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Inside an editor, process.execPath is the editor's and acts as Node when told to. */
function wrapper(client: string, kind: string): string {
  const command = [process.execPath, client, kind].map(shellWord).join(' ');
  return `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${command} "$@"\n`;
}

function promptOf({ kind, prompt }: Request): string {
  switch (kind) {
    case 'become':
      return 'Password for sudo on the Pis';
    case 'vault':
      return 'Password of the vault';
    case 'ssh':
      return prompt.trim().replace(/:$/, '') || 'Passphrase';
  }
}

function readRequest(line: string, token: string): Request | undefined {
  try {
    const wanted = request.parse(JSON.parse(line));
    return sameToken(wanted.token, token) ? wanted : undefined;
  } catch {
    return undefined; // what is no request gets no secret
  }
}

function sameToken(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
}
