/** Asking for a secret: by the program a surrounding editor or script names, else by the run. */
import { existsSync } from 'node:fs';
import type { Command } from '../command/command.ts';
import { runCommand } from '../command/run.ts';
import { RpiError } from '../errors.ts';
import type { Context } from '../runs/operation.ts';
import { NOBODY } from './client-source.ts';

/**
 * A secret, never logged. `RPI_ASKPASS` names a program with the contract of SSH_ASKPASS: it gets
 * the prompt as its argument and prints the secret. An .mjs is run by the Node that runs us, which
 * is what an editor names: it works without a shell, also on Windows. Without it, and where the
 * window that made it is closed or loaded anew, the run asks.
 * Throws `answer.needed` where nobody can answer and `run.cancelled`.
 */
export async function askSecret(context: Context, prompt: string): Promise<string> {
  const program = context.env['RPI_ASKPASS'];
  const askRun = (): Promise<string> => context.ask({ type: 'secret', text: prompt });
  if (program === undefined || program === '') return askRun();
  const isOfEditor = program.endsWith('.mjs');
  const isGone = (): boolean => isOfEditor && !existsSync(program);
  if (isGone()) return askRun();
  const { code, stdout } = await runCommand(askpassCommand(program, prompt), {
    signal: context.signal,
    env: context.env,
  });
  // A window that closes takes the program away, perhaps just as it is started.
  if ((isOfEditor && code === NOBODY) || (code !== 0 && isGone())) return askRun();
  if (code !== 0) {
    throw new RpiError('answer.needed', `No answer was given to: ${prompt}`, {
      remedy: isOfEditor
        ? 'Run it again, and answer in the editor.'
        : `${program} gave none (RPI_ASKPASS); without it the terminal asks.`,
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
