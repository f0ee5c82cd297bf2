/** `npm run build`: the bundles of dist/ and the JSON Schema of rpi.yml. */
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import * as z from 'zod';
import { configSchema } from '../core/project/config.ts';
import { BUNDLES, ROOT } from './bundles.ts';

export async function build(): Promise<void> {
  const dist = join(ROOT, 'dist');
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  await Promise.all(Object.values(BUNDLES).map((options) => bundle(options)));
  const page = join(ROOT, 'webview', 'monitor');
  await copyFile(join(page, 'monitor.html'), join(dist, 'monitor.html'));
  // One style sheet for the page: that of its charts stands first, so that ours wins.
  const styles = [
    join(ROOT, 'node_modules', 'uplot', 'dist', 'uPlot.min.css'),
    join(page, 'monitor.css'),
    join(page, 'pi-page.css'),
  ];
  const texts = await Promise.all(styles.map((path) => readFile(path, 'utf8')));
  await writeFile(join(dist, 'monitor.css'), texts.join('\n'));
  const schema = z.toJSONSchema(configSchema, { io: 'input' });
  await writeFile(join(dist, 'rpi.schema.json'), `${JSON.stringify(schema, undefined, 2)}\n`);
  await chmod(join(dist, 'rpi.js'), 0o755);
}

if (import.meta.main) {
  const began = Date.now();
  await build();
  process.stdout.write(`Built dist/ in ${((Date.now() - began) / 1000).toFixed(1)} s\n`);
}
