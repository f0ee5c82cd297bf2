/**
 * `rpi` as it is packaged, in a folder that any user of this machine may read: the checkout and its
 * Node may be in root's home, and detection is to be tried without root's rights.
 */
import { chmod, chown, copyFile, link, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLES, ROOT } from '../../scripts/bundles.ts';

/** An ordinary user; there need be no account with that number. */
export const ORDINARY_USER = 1000;

export type StagedRpi = AsyncDisposable & {
  /** Working folder and home of the ordinary user. */
  readonly home: string;
  /** Program and first arguments of a command line of `rpi`. */
  readonly words: readonly [node: string, script: string];
  /** What `rpi` needs of the environment: its state is kept in `home`. */
  readonly env: Readonly<Record<string, string>>;
};

export async function stageRpi(): Promise<StagedRpi> {
  const folder = await mkdtemp(join(tmpdir(), 'rpi-staged-'));
  await chmod(folder, 0o755);
  const [node, home] = [join(folder, 'node'), join(folder, 'home')];
  await link(process.execPath, node).catch(() => copyFile(process.execPath, node));
  await build({ ...BUNDLES.rpi, outdir: join(folder, 'dist') });
  await copyFile(join(ROOT, 'package.json'), join(folder, 'package.json'));
  await mkdir(home);
  await chown(home, ORDINARY_USER, ORDINARY_USER);
  return {
    home,
    words: [node, join(folder, 'dist', 'rpi.js')],
    env: { HOME: home, XDG_STATE_HOME: home, XDG_RUNTIME_DIR: home, NO_COLOR: '1' },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
