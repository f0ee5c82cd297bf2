/** The copy of rpi that the service runs: an update of the editor's extension takes it nothing away. */
import { createHash, randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RpiError, systemCode } from '../../errors.ts';
import { writeError } from '../../files/atomic.ts';
import { makeFolder } from '../../files/make-folder.ts';
import { ownFolder } from '../../files/own-folder.ts';

/** What rpi.js loads, under the folder of the product. */
const FOLDERS = ['dist', 'ansible', 'templates'] as const;
const BUNDLE = /^rpi(-.*)?\.js$/;

export type ProductFile = { readonly path: string; readonly content: Buffer };

/** All that belongs to the bundled rpi. Throws `file.not-readable` where it is not built. */
export async function readProduct(product: string): Promise<ProductFile[]> {
  const paths = ['package.json'];
  for (const folder of FOLDERS) {
    const entries = await readdir(join(product, folder), {
      recursive: true,
      withFileTypes: true,
    }).catch(() => []);
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name).slice(join(product, '/').length);
      const isWanted = folder === 'dist' ? BUNDLE.test(entry.name) : !path.includes('__pycache__');
      if (entry.isFile() && isWanted) paths.push(path);
    }
  }
  if (!paths.includes(join('dist', 'rpi.js'))) {
    throw new RpiError('file.not-readable', `There is no built rpi in ${join(product, 'dist')}.`, {
      remedy: 'Build it first: npm run build',
    });
  }
  return Promise.all(
    paths.sort().map(async (path) => ({ path, content: await readFile(join(product, path)) })),
  );
}

/** `0.1.0-1f2e3d4c`: the version, and what tells two builds of it apart. */
export function copyName(version: string, files: readonly ProductFile[]): string {
  const hash = createHash('sha256');
  for (const { path, content } of files)
    hash.update(`${path}\0${content.length}\0`).update(content);
  return `${version}-${hash.digest('hex').slice(0, 8)}`;
}

/** Writes the files to `folder`/`name`, which is whole or not there at all. Throws `file.*`. */
export async function writeCopy(
  folder: string,
  name: string,
  files: readonly ProductFile[],
): Promise<void> {
  await ownFolder(folder);
  const target = join(folder, name);
  if (await isFolder(target)) return;
  const temporary = join(folder, `.${name}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    for (const { path, content } of files) await writeDurably(join(temporary, path), content);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (systemCode(error) === 'ENOTEMPTY' || systemCode(error) === 'EEXIST') return; // another was faster
    throw writeError(target, error);
  }
}

/** Removes every copy but `used`, and what a crash left half-written. Gives their names. */
export async function removeOthers(folder: string, used: string | undefined): Promise<string[]> {
  const others = (await readdir(folder).catch(() => [])).filter((name) => name !== used);
  for (const name of others) await rm(join(folder, name), { recursive: true, force: true });
  return others;
}

async function writeDurably(path: string, content: Buffer): Promise<void> {
  await makeFolder(dirname(path), 0o700);
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
