/**
 * Secrets for the programs we start (ansible, ssh): they run a small program of ours, which asks
 * the run over a private socket. So a secret stands in no argument, file, log or environment.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shellWord } from '../command/command.ts';
import { RpiError } from '../errors.ts';
import type { Context } from '../runs/operation.ts';
import { askSecret } from './secret.ts';
import { serveSecrets } from './server.ts';

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
  /** `answer.needed`, once a secret was asked for that nobody gave. */
  readonly unanswered: () => RpiError | undefined;
};

/** What is asked of a person for each program; ssh says itself what it wants. */
const PROMPTS = {
  become: () => 'Password for sudo on the Pis',
  vault: () => 'Password of the vault',
  ssh: (said: string) => said.trim().replace(/:$/, '') || 'Passphrase',
} as const;

/** Listens until disposed. Each secret is asked for when it is first needed, and once. */
export async function startAskpass(context: Context, options: AskpassOptions): Promise<Askpass> {
  const server = await serveSecrets(context.env);
  const asked = new Map<string, Promise<string>>();
  let unanswered: RpiError | undefined;
  const ask = async (text: string): Promise<string> => {
    try {
      return await askSecret(context, text);
    } catch (error) {
      if (RpiError.is(error, 'answer.needed')) unanswered ??= error;
      throw error;
    }
  };
  try {
    const program = async (kind: keyof typeof PROMPTS): Promise<string> => {
      const client = await server.program(kind, ({ args: [said = ''] }) => {
        const text = PROMPTS[kind](said);
        const answered = asked.get(text) ?? ask(text);
        asked.set(text, answered);
        return answered;
      });
      const path = join(server.folder, kind);
      await writeFile(path, wrapper(client), { mode: 0o700 });
      return path;
    };
    return {
      becomePasswordFile: options.become ? await program('become') : undefined,
      vaultPasswordFile: options.vault ? await program('vault') : undefined,
      env: { SSH_ASKPASS: await program('ssh'), SSH_ASKPASS_REQUIRE: 'force' },
      unanswered: () => unanswered,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

/** Inside an editor, process.execPath is the editor's and acts as Node when told to. */
function wrapper(client: string): string {
  const command = [process.execPath, client].map(shellWord).join(' ');
  return `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${command} "$@"\n`;
}
