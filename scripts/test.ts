/** `npm test`: checks, build, then every test; with --full the long scenarios too. */
import { build } from './build.ts';
import { check } from './check.ts';
import { step, steps } from './step.ts';

const full = process.argv.includes('--full');
const scope = { RPI_TEST_FULL: full ? '1' : '' };

await steps(async () => {
  await check();
  await build();
  await step('Unit tests', 'vitest', ['run', '--project', 'unit'], scope);
  await step('Integration tests', 'vitest', ['run', '--project', 'integration'], scope);
  await step('End-to-end tests', 'vitest', ['run', '--project', 'e2e'], scope);
});
