/** Asking for a secret: by the program a surrounding editor or script names, else by the run. */
import { runCommand } from '../command/run.ts';
import { RpiError } from '../errors.ts';
import type { Context } from '../runs/operation.ts';

/**
 * A secret, never logged. `RPI_ASKPASS` names a program with the contract of SSH_ASKPASS: it gets
 * the prompt as its argument and prints the secret. Without it a person is asked.
 * Throws `answer.needed` where nobody can answer and `run.cancelled`.
 */
export async function askSecret(context: Context, prompt: string): Promise<string> {
  const program = context.env['RPI_ASKPASS'];
  if (program === undefined || program === '') return context.ask({ type: 'secret', text: prompt });
  const { code, stdout } = await runCommand(
    { command: program, args: [prompt] },
    { signal: context.signal, env: context.env },
  );
  if (code !== 0) {
    throw new RpiError('answer.needed', `${program} gave no answer to: ${prompt}`, {
      remedy: 'Unset RPI_ASKPASS to be asked in the terminal.',
    });
  }
  return stdout.replace(/\r?\n$/, '');
}
