/** Before the end-to-end tests, once: builds the checkout and packs its .vsix. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from '../../scripts/bundles.ts';

export async function setup(): Promise<void> {
  const child = spawn(process.execPath, [join(ROOT, 'scripts', 'package.ts')], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const said = await Promise.all([text(child.stdout), text(child.stderr)]);
  if ((await code) !== 0) throw new Error(`the extension could not be packed:\n${said.join('')}`);
}
