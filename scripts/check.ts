/** `npm run check`: format, lint and types. */
import { step, steps } from './step.ts';

export async function check(): Promise<void> {
  const typesAndFormat = async (): Promise<void> => {
    await step('Types', 'tsc', ['-b']);
    await step('Format', 'prettier', ['--check', '--log-level=warn', '.']);
  };
  // Each keeps a core busy, the last one as long as the others together.
  await Promise.all([step('Lint', 'eslint', ['.']), typesAndFormat()]);
}

if (import.meta.main) await steps(check);
