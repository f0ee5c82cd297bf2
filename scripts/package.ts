/** `npm run package`: dist/raspberry-pi-orchestration-VERSION.vsix. */
import { build } from './build.ts';
import { step, steps } from './step.ts';

await steps(async () => {
  await build();
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
