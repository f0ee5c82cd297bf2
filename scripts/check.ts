/** `npm run check`: format, lint and types. */
import { step, steps } from './step.ts';

export async function check(): Promise<void> {
  await step('Types', 'tsc', ['-b']);
  await step('Format', 'prettier', ['--check', '--log-level=warn', '.']);
  await step('Lint', 'eslint', ['.']);
}

if (import.meta.main) await steps(check);
