/** Asking for a secret: by the program a surrounding editor or script names, else by the run. */
import type { Command } from '../command/command.ts';
import { runCommand } from '../command/run.ts';
import { RpiError } from '../errors.ts';
import type { Context } from '../runs/operation.ts';

/**
 * A secret, never logged. `RPI_ASKPASS` names a program with the contract of SSH_ASKPASS: it gets
 * the prompt as its argument and prints the secret. An .mjs is run by the Node that runs us, which
 * is what an editor names: it works without a shell, also on Windows. Without it a person is asked.
 * Throws `answer.needed` where nobody can answer and `run.cancelled`.
 */
export async function askSecret(context: Context, prompt: string): Promise<string> {
  const program = context.env['RPI_ASKPASS'];
  if (program === undefined || program === '') return context.ask({ type: 'secret', text: prompt });
  const { code, stdout } = await runCommand(askpassCommand(program, prompt), {
    signal: context.signal,
    env: context.env,
  });
  if (code !== 0) {
    throw new RpiError('answer.needed', `No answer was given to: ${prompt}`, {
      remedy: `Run it again and answer. ${program} was asked (RPI_ASKPASS); without it the terminal asks.`,
    });
  }
  return stdout.replace(/\r?\n$/, '');
}

function askpassCommand(program: string, prompt: string): Command {
  if (!program.endsWith('.mjs')) return { command: program, args: [prompt] };
  return {
    command: process.execPath,
    args: [program, prompt],
    env: { ELECTRON_RUN_AS_NODE: '1' },
  };
}
