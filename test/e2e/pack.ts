/**
 * Before the end-to-end tests, once: builds the checkout and packs its .vsix. It is kept beside
 * dist/, which `npm start` builds anew in the middle of them.
 */
import { spawn } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from '../../scripts/bundles.ts';
import { VSIX } from '../../scripts/ide/vsix.ts';

export const PACKED = join(ROOT, '.cache', 'e2e', basename(VSIX));

export async function setup(): Promise<void> {
  const child = spawn(process.execPath, [join(ROOT, 'scripts', 'package.ts')], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const said = await Promise.all([text(child.stdout), text(child.stderr)]);
  if ((await code) !== 0) throw new Error(`the extension could not be packed:\n${said.join('')}`);
  await mkdir(dirname(PACKED), { recursive: true });
  await copyFile(VSIX, PACKED);
}
