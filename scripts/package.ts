/** `npm run package`: dist/raspberry-pi-orchestration-VERSION.vsix. */
import { glob, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from './build.ts';
import { ROOT } from './bundles.ts';
import { step, steps } from './step.ts';

await steps(async () => {
  await build();
  // What Python leaves beside a file that it was asked to load; .vscodeignore can't take it out again.
  for await (const folder of glob('{templates,ansible}/**/__pycache__', { cwd: ROOT })) {
    await rm(join(ROOT, folder), { recursive: true });
  }
  await step('Package', 'vsce', [
    'package',
    // Everything is bundled: no node_modules goes along.
    '--no-dependencies',
    // The project has no public address yet; the README's pictures and pages are in the package.
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    'dist/',
  ]);
});
