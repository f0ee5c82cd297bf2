/** What a person named as the card: a folder, an image file or a block device. */
import { open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RpiError, systemCode } from '../errors.ts';
import { writeError } from '../files/atomic.ts';
import { blockDevices, judgeDevice } from './block-devices.ts';
import { findFat, listFat, readFat, requireRoom, type Fat, type FatContext } from './fat.ts';

/** Where the content goes. */
export type CardTarget =
  | { readonly type: 'folder'; readonly folder: string }
  | { readonly type: 'fat'; readonly fat: Fat }
  /** To be formatted: an image that is new or empty, or a whole device. */
  | {
      readonly type: 'blank';
      readonly file: string;
      readonly size: number;
      readonly isNew: boolean;
    };

export async function isDevice(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isBlockDevice(),
    () => false,
  );
}

/** Throws `create.card-refused`. */
export async function requireFree(path: string, context: FatContext): Promise<void> {
  const verdict = judgeDevice(await blockDevices(context), await realpath(path));
  if (verdict.ok) return;
  throw new RpiError('create.card-refused', `${path} is not written to: ${verdict.why}.`, verdict);
}

/**
 * What `path` is, without writing anything. `size`: bytes of an image that is made. Throws
 * `create.card` for what can't become a card, `create.card-refused` for what must not, `file.*`.
 */
export async function targetOf(
  path: string,
  size: number,
  device: boolean,
  context: FatContext,
): Promise<CardTarget> {
  let found;
  try {
    found = await stat(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw writeError(path, error);
    if (path.startsWith('/dev/')) {
      throw new RpiError('create.card', `There is no ${path}.`, {
        remedy: 'lsblk lists what there is.',
      });
    }
    await requireFolder(dirname(path));
    requireRoom(path, size);
    return { type: 'blank', file: path, size, isNew: true };
  }
  if (found.isDirectory()) {
    const folder = await realpath(path);
    if (/^\/(?:boot(?:\/firmware|\/efi)?|)$/.test(folder)) {
      throw new RpiError('create.card-refused', `${path} is of the running system.`, {
        remedy: 'Name the folder where the card is mounted.',
      });
    }
    return { type: 'folder', folder };
  }
  if (!found.isFile() && !device) {
    throw new RpiError(
      'create.card-refused',
      `${path} is neither a folder, nor an image file, nor a block device.`,
      { remedy: 'Name the card, as /dev/sdb (lsblk lists what there is), or an image file.' },
    );
  }
  const fat = await findFat(path).catch((error: unknown) => {
    throw writeError(path, error);
  });
  if (fat !== undefined) {
    // A card of somebody's pictures has a FAT too: on a device as well, content decides.
    return { type: 'fat', fat };
  }
  const whole = device ? await sizeOfDevice(path, context) : found.size;
  if (!device && !(await isBlank(path))) {
    throw new RpiError('create.card', `${path} is no image with a FAT partition, and not empty.`, {
      remedy: 'Name another file: an image is made where there is none.',
    });
  }
  const bytes = device ? whole : Math.max(whole, size);
  requireRoom(path, bytes);
  return { type: 'blank', file: path, size: bytes, isNew: false };
}

async function requireFolder(folder: string): Promise<void> {
  const isThere = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isThere) return;
  throw new RpiError('create.card', `There is no folder ${folder}.`, {
    remedy: 'An image is made in a folder that is there. A mounted card: is its path right?',
  });
}

async function sizeOfDevice(path: string, context: FatContext): Promise<number> {
  const verdict = judgeDevice(await blockDevices(context), await realpath(path));
  return verdict.ok ? verdict.device.size : 0;
}

/** Zeroes where partition tables and file systems begin. */
async function isBlank(path: string): Promise<boolean> {
  await using file = await open(path, 'r');
  const head = Buffer.alloc(1024 * 1024);
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  return head.subarray(0, bytesRead).every((byte) => byte === 0);
}

export async function namesIn(target: CardTarget, context: FatContext): Promise<string[]> {
  switch (target.type) {
    case 'folder':
      return readdir(target.folder).catch((cause: unknown) => {
        throw new RpiError('file.not-readable', `Can't read ${target.folder}.`, {
          remedy: 'Check that you may read and write what is mounted there.',
          cause,
        });
      });
    case 'fat':
      return listFat(target.fat, context);
    case 'blank':
      return [];
  }
}

export async function readIn(
  target: CardTarget,
  name: string,
  context: FatContext,
): Promise<string | undefined> {
  if (target.type === 'folder')
    return readFile(join(target.folder, name), 'utf8').catch(() => undefined);
  return target.type === 'fat' ? readFat(target.fat, name, context) : undefined;
}
