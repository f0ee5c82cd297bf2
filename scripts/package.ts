/** `npm run package`: dist/raspberry-pi-orchestration-VERSION.vsix. */
import { build } from './build.ts';
import { step, steps } from './step.ts';

await steps(async () => {
  await build();
  // Everything is bundled: no node_modules goes along.
  await step('Package', 'vsce', ['package', '--no-dependencies', '--out', 'dist/']);
});
