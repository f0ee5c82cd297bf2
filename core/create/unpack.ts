/** The files of what a person downloaded or unpacked: a zip, an image, an image packed by xz, a folder. */
import { cp, lstat, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { findExecutable, runChecked } from '../command/run.ts';
import { RpiError, systemCode } from '../errors.ts';
import { writeError } from '../files/atomic.ts';
import { sizeText } from '../formats/size.ts';
import { copyOutAll, findFat, type FatContext } from './fat.ts';
import { bounded } from './growth.ts';
import type { BootFile } from './installer-content.ts';

export type Kind = 'folder' | 'zip' | 'xz' | 'image';

/** Bytes; a release has 70 MB. */
const LARGEST = 1024 ** 3;

/** Throws `file.not-readable`. */
export async function kindOf(path: string): Promise<Kind> {
  try {
    if ((await stat(path)).isDirectory()) return 'folder';
    await using file = await open(path, 'r');
    const head = Buffer.alloc(6);
    await file.read(head, 0, 6, 0);
    if (head.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004') return 'zip';
    return head.equals(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])) ? 'xz' : 'image';
  } catch (error) {
    throw notReadable(path, error);
  }
}

function notReadable(path: string, cause: unknown): RpiError {
  return new RpiError('file.not-readable', `Can't read ${path}.`, {
    remedy: 'Name a zip, an image or a folder with raspberrypi-ua-netinst.',
    cause,
  });
}

/**
 * Puts what is in it into `folder`, which is there. Throws `create.payload` for what is damaged or
 * no installer or larger than `largest` bytes, `file.not-readable`, `file.not-writable`, `command.not-found`.
 */
export async function unpack(
  path: string,
  kind: Kind,
  folder: string,
  context: FatContext,
  largest = LARGEST,
): Promise<void> {
  switch (kind) {
    case 'folder':
      await copyFolder(path, folder);
      return;
    case 'zip':
      await unzip(path, folder, context, largest);
      return;
    case 'xz': {
      const image = `${folder}.img`;
      try {
        await unxz(path, image, context, largest);
        await copyOut(image, path, folder, context);
      } finally {
        await rm(image, { force: true });
        await rm(`${image}.xz`, { force: true });
      }
      return;
    }
    case 'image':
      await copyOut(path, path, folder, context);
  }
}

async function copyFolder(path: string, folder: string): Promise<void> {
  try {
    const files = await filesBelow(path);
    checkSize(
      files.reduce((sum, { size }) => sum + size, 0),
      path,
    );
    // Links are left out: what they point at is not of the installer.
    await cp(path, folder, { recursive: true, filter: async (from) => !(await isLink(from)) });
  } catch (error) {
    if (RpiError.is(error)) throw error;
    if (systemCode(error) === 'ENOSPC') throw writeError(folder, error);
    throw notReadable(path, error);
  }
}

/** `named`: what the person named, which the image may have been packed in. */
async function copyOut(
  image: string,
  named: string,
  folder: string,
  context: FatContext,
): Promise<void> {
  const fat = await findFat(image);
  if (fat === undefined) {
    throw new RpiError(
      'create.payload',
      `${basename(named)} is no zip, and no image with a FAT partition.`,
      {
        remedy:
          'Name a release of raspberrypi-ua-netinst. If it is one, it is damaged: download it again.',
      },
    );
  }
  await whole(named, () => copyOutAll(fat, folder, context));
}

/** What a program can't read to its end is not what was to be downloaded. */
async function whole<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    if (!RpiError.is(cause, 'command.failed')) throw cause;
    throw new RpiError(
      'create.payload',
      `${basename(path)} can’t be unpacked: it is damaged, or only a part of it was downloaded.`,
      {
        remedy: 'Download it again. If it is whole: is the disk full that holds the data folder?',
        cause,
      },
    );
  }
}

async function unzip(
  path: string,
  folder: string,
  context: FatContext,
  largest: number,
): Promise<void> {
  const program = await programOf('unzip', 'unzip', context);
  const { stdout } = await whole(path, () =>
    runChecked({ command: program, args: ['-Z', '-t', path] }, context),
  );
  const bytes = /(\d+) bytes uncompressed/.exec(stdout)?.[1];
  checkSize(Number(bytes ?? 0), path, largest);
  // unzip itself leaves out `..` and leading slashes.
  const command = { command: program, args: ['-q', '-o', path, '-d', folder] };
  const grown = await whole(path, () =>
    bounded(folder, largest, context.signal, (signal) =>
      runChecked(command, { ...context, signal }),
    ),
  );
  checkSize(grown ?? 0, path, largest);
  await removeLinks(folder);
}

/** A FAT card can hold none; what is later removed or written below one would be elsewhere. */
async function removeLinks(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (entry.isSymbolicLink()) await rm(join(entry.parentPath, entry.name), { force: true });
  }
}

/** xz unpacks a file beside itself. */
async function unxz(
  path: string,
  image: string,
  context: FatContext,
  largest: number,
): Promise<void> {
  const program = await programOf('xz', 'xz-utils', context);
  const list = await whole(path, () =>
    runChecked({ command: program, args: ['--list', '--robot', path] }, context),
  );
  checkSize(Number(/^totals(?:\t[^\t]*){3}\t(\d+)/m.exec(list.stdout)?.[1] ?? 0), path, largest);
  const packed = `${image}.xz`;
  await cp(path, packed);
  const grown = await whole(path, () =>
    bounded(image, largest, context.signal, (signal) =>
      runChecked({ command: program, args: ['--decompress', packed] }, { ...context, signal }),
    ),
  );
  checkSize(grown ?? 0, path, largest);
}

function checkSize(bytes: number, path: string, largest = LARGEST): void {
  if (bytes <= largest) return;
  throw new RpiError(
    'create.payload',
    `${basename(path)} holds ${sizeText(bytes)} or more: that is no installer.`,
    {
      remedy: 'Name a release of raspberrypi-ua-netinst.',
    },
  );
}

async function programOf(name: string, debian: string, { env }: FatContext): Promise<string> {
  const found = await findExecutable(name, env);
  if (found !== undefined) return found;
  throw new RpiError('command.not-found', `${name} is not installed.`, {
    remedy: `Install it (apt install ${debian}), or unpack the file yourself and name the folder.`,
  });
}

/** All files of a folder, by their paths in it. */
export async function filesBelow(folder: string): Promise<BootFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return {
        path: relative(folder, path).split(sep).join('/'),
        size: (await stat(path)).size,
      };
    }),
  );
}

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path)).isSymbolicLink();
}
