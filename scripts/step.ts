/** One step of a script: a program run in the open, which must end well. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from './bundles.ts';

export class StepFailed extends Error {
  override readonly name = 'StepFailed';
}

/** Runs a program of the project with this terminal. Throws StepFailed when it fails. */
export async function step(
  title: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const began = Date.now();
  process.stdout.write(`\n── ${title}\n`);
  const child = spawn(command, [...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  const [code] = (await once(child, 'close')) as [number | null]; // the event's documented shape
  if (code !== 0) throw new StepFailed(`${title} failed (exit code ${code ?? 'none'})`);
  process.stdout.write(`── ${title}: ${((Date.now() - began) / 1000).toFixed(1)} s\n`);
}

/** Runs the steps of a script; says which one failed and ends with 1. */
export async function steps(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    process.stderr.write(`\n✗ ${error.message}\n`);
    process.exitCode = 1;
  }
}
