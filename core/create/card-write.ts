/** Writing a card, and reading back what was written. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { cp, mkdir, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RpiError } from '../errors.ts';
import { writeError } from '../files/atomic.ts';
import { isDevice, type CardTarget } from './card-target.ts';
import {
  copyInAll,
  copyOutAll,
  formatFat,
  inTemporaryFolder,
  type Fat,
  type FatContext,
} from './fat.ts';
import type { RenderedFile } from './host-files.ts';

export type CardFiles = {
  readonly rendered: readonly RenderedFile[];
  readonly payload:
    { readonly folder: string; readonly name: string; readonly count: number } | undefined;
};

/**
 * Writes everything, reads it back and compares. Throws `create.card` where it differs,
 * `create.card-refused` for a device that is in use, `file.*`.
 */
export async function writeCard(
  target: CardTarget,
  content: CardFiles,
  device: boolean,
  context: FatContext,
): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const staged = join(folder, 'staged');
    try {
      await stage(staged, content);
    } catch (error) {
      throw writeError(staged, error);
    }
    if (target.type === 'folder') {
      try {
        await cp(staged, target.folder, { recursive: true });
        await syncAll(staged, target.folder);
      } catch (error) {
        throw writeError(target.folder, error);
      }
      await compare(staged, target.folder);
      return;
    }
    // The kernel opens a device for one alone only while nobody has it mounted.
    await using _held = device ? await hold(fileOf(target)) : undefined;
    const fat = await filled(target, staged, context);
    await sync(fat.file);
    const back = join(folder, 'back');
    await mkdir(back);
    await copyOutAll(fat, back, context);
    await compare(staged, back);
  });
}

/** Puts together, in a new folder, what is to be on the card. */
async function stage(staged: string, { payload, rendered }: CardFiles): Promise<void> {
  await mkdir(staged);
  if (payload !== undefined) await cp(payload.folder, staged, { recursive: true });
  for (const { path, content } of rendered) {
    await mkdir(dirname(join(staged, path)), { recursive: true });
    await writeFile(join(staged, path), content, { mode: 0o600 });
  }
}

/** Formats it where it is blank, and copies in. A new image that can't be filled goes again. */
async function filled(
  target: Exclude<CardTarget, { type: 'folder' }>,
  staged: string,
  context: FatContext,
): Promise<Fat> {
  const isNew = target.type === 'blank' && target.isNew;
  if (isNew) await createFile(target.file);
  try {
    const fat = target.type === 'fat' ? target.fat : await makeFat(target, context);
    await copyInAll(fat, staged, await readdir(staged), context);
    return fat;
  } catch (error) {
    if (isNew) await rm(target.file, { force: true });
    throw error;
  }
}

function fileOf(target: Exclude<CardTarget, { type: 'folder' }>): string {
  return target.type === 'fat' ? target.fat.file : target.file;
}

async function hold(path: string): ReturnType<typeof open> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_EXCL);
  } catch (error) {
    throw new RpiError('create.card-refused', `${path} is in use.`, {
      remedy: 'Take it out of use (umount), and try again.',
      cause: error,
    });
  }
}

/** Never one that came there in the meantime. */
async function createFile(file: string): Promise<void> {
  await writeFile(file, '', { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
    throw writeError(file, error);
  });
}

async function makeFat(
  { file, size }: Extract<CardTarget, { type: 'blank' }>,
  context: FatContext,
): Promise<Fat> {
  try {
    if (!(await isDevice(file))) await truncate(file, size);
  } catch (error) {
    throw writeError(file, error);
  }
  return formatFat(file, size, 'BOOT', context);
}

/** What was copied is on the card, not only on its way there. */
async function syncAll(staged: string, folder: string): Promise<void> {
  const entries = await readdir(staged, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    await sync(join(folder, join(entry.parentPath, entry.name).slice(staged.length + 1)));
  }
}

async function sync(file: string): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.sync();
}

/** Throws `create.card` where what was written is not what was meant. */
async function compare(meant: string, written: string): Promise<void> {
  const entries = await readdir(meant, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const source = join(entry.parentPath, entry.name);
    const copy = join(written, source.slice(meant.length + 1));
    const [a, b] = [await sumOf(source), await sumOf(copy)];
    if (a === b) continue;
    throw new RpiError('create.card', `${basename(copy)} was not written as it was meant.`, {
      remedy: 'The card may be broken, or too small: try another one.',
    });
  }
}

async function sumOf(file: string): Promise<string> {
  const bytes = await readFile(file).catch(() => Buffer.alloc(0));
  return createHash('sha256').update(bytes).digest('hex');
}
