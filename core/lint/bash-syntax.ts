/** What bash itself says of a script’s syntax. `bash -n` reads and never runs it. */
import type { SyntaxFault } from '../analysis/post-install/facts.ts';
import { findExecutable, runCommand, type Environment } from '../command/run.ts';

/**
 * The faults in a script, at most a few: bash stops early. Undefined where there is no bash. It
 * starts a program: not for a folder that nobody trusts yet.
 */
export async function bashSyntaxFaults(
  text: string,
  { env, signal }: { readonly env: Environment; readonly signal: AbortSignal },
): Promise<readonly SyntaxFault[] | undefined> {
  const bash = await findExecutable('bash', env);
  if (bash === undefined) return undefined;
  const { stderr } = await runCommand(
    // The installer turns CRLF into line feeds, too.
    { command: bash, args: ['--norc', '--noprofile', '-n'], stdin: text.replaceAll('\r\n', '\n') },
    // Nothing inherited: BASH_ENV names a file that bash would read first.
    { env: { PATH: env['PATH'], LC_ALL: 'C.UTF-8' }, signal },
  );
  return faultsIn(stderr);
}

/** `bash: line 3: syntax error near unexpected token `fi'`, and a line that repeats the source. */
function faultsIn(stderr: string): SyntaxFault[] {
  const faults = stderr.split('\n').flatMap((row): SyntaxFault[] => {
    const match = /: line (\d+): (.+)$/.exec(row);
    const [, line, message] = match ?? [];
    return line === undefined || message === undefined || /^`.*'$/.test(message)
      ? []
      : [{ line: Number(line), message: message.replace(/\.$/, '') }];
  });
  return faults.filter(
    ({ line }, index) => faults.findIndex((other) => other.line === line) === index,
  );
}
