/** Commands for a host, as the login user or as root, with the words reaching it as they are. */
import { shellWord } from '../command/command.ts';
import { RpiError } from '../errors.ts';
import type { SshSession } from '../ssh/session.ts';

/** How a command on a host becomes root's. */
export type Become =
  | { readonly type: 'login-user' }
  /** Root already, or by a sudo that asks for no password. */
  | { readonly type: 'root'; readonly sudo: boolean }
  /** By a sudo that asks; the password is the first line of the standard input. */
  | { readonly type: 'root-by-password'; readonly password: string };

/** What is run on a host: words that reach the program as they are, or a line for its shell. */
export type RemoteCommand =
  | { readonly type: 'words'; readonly words: readonly string[] }
  | { readonly type: 'shell'; readonly line: string };

/** The command line for a session; `stdin` is undefined where it reads none of it. */
export function remoteCommandLine(
  command: RemoteCommand,
  become: Become,
): { readonly line: string; readonly stdin: string | undefined } {
  const words = command.type === 'words' ? command.words : ['sh', '-c', command.line];
  const line = words.map(shellWord).join(' ');
  switch (become.type) {
    case 'login-user':
      return { line: `${line} </dev/null`, stdin: undefined };
    case 'root':
      return { line: `${become.sudo ? `sudo -n -- ${line}` : line} </dev/null`, stdin: undefined };
    case 'root-by-password':
      // -k: without it a sudo that remembers would leave the password to the command.
      return { line: `sudo -k -S -p '' -- ${line}`, stdin: `${become.password}\n` };
  }
}

/**
 * Finds out how to be root in this session. Throws `access.no-root` where neither the login user
 * nor sudo is let, also with the password, where one was given.
 */
export async function becomeRoot(
  session: SshSession,
  password: string | undefined,
  signal: AbortSignal,
): Promise<Become> {
  const { host, user } = session.target;
  if (user === 'root') return { type: 'root', sudo: false };
  const candidates: Become[] = [{ type: 'root', sudo: true }];
  if (password !== undefined) candidates.push({ type: 'root-by-password', password });
  for (const become of candidates) {
    const { line, stdin } = remoteCommandLine({ type: 'words', words: ['true'] }, become);
    const { code } = await session.exec(line, { signal, stdin: stdin ?? '', timeout: 30_000 });
    if (code === 0) return become;
  }
  const why = password === undefined ? 'without a password' : 'by this password';
  throw new RpiError('access.no-root', `${host}: ${user} can’t become root ${why}.`, {
    remedy:
      password === undefined
        ? 'Give the password of sudo with -K, or log in as root (ansible_user).'
        : 'Is it the password of this user, and may the user use sudo?',
  });
}
