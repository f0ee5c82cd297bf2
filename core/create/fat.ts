/** FAT file systems inside image files and block devices, by mtools: no right to mount is needed. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { findExecutable, runChecked, runCommand, type Environment } from '../command/run.ts';
import { RpiError } from '../errors.ts';

export type FatContext = { readonly env: Environment; readonly signal: AbortSignal };

/** A FAT file system: the image or device it is in, and the byte that it begins at. */
export type Fat = { readonly file: string; readonly offset: number };

const SECTOR = 512;
/** Types of partitions with FAT, in the table of an MBR. */
const FAT_TYPES = new Set([0x01, 0x04, 0x06, 0x0b, 0x0c, 0x0e]);

/**
 * The first FAT of an image: of its partition table, or from its first byte. Undefined where there
 * is neither. Throws system errors of reading.
 */
export async function findFat(file: string): Promise<Fat | undefined> {
  await using handle = await open(file, 'r');
  const sector = Buffer.alloc(SECTOR);
  const { bytesRead } = await handle.read(sector, 0, SECTOR, 0);
  if (bytesRead < SECTOR || sector.readUInt16LE(510) !== 0xaa55) return undefined;
  if (isFatSector(sector)) return { file, offset: 0 };
  for (let at = 446; at < 510; at += 16) {
    if (!FAT_TYPES.has(sector.readUInt8(at + 4))) continue;
    const offset = sector.readUInt32LE(at + 8) * SECTOR;
    const first = Buffer.alloc(SECTOR);
    await handle.read(first, 0, SECTOR, offset);
    if (offset > 0 && isFatSector(first)) return { file, offset };
  }
  return undefined;
}

/** The words that formatting writes into the first sector. */
function isFatSector(sector: Buffer): boolean {
  return (
    sector.subarray(54, 59).toString('latin1') === 'FAT12' ||
    sector.subarray(54, 59).toString('latin1') === 'FAT16' ||
    sector.subarray(82, 87).toString('latin1') === 'FAT32'
  );
}

/** Copies everything of a FAT to a folder that exists. */
export async function copyOutAll(fat: Fat, folder: string, context: FatContext): Promise<void> {
  if ((await listFat(fat, context)).length === 0) return;
  await mtools('mcopy', ['-i', imageOf(fat), '-s', '-n', '-Q', '::*', folder], context);
}

/** Names in the root. */
export async function listFat(fat: Fat, context: FatContext): Promise<string[]> {
  const { stdout } = await mtools('mdir', ['-i', imageOf(fat), '-b', '-a', '::'], context);
  return stdout
    .split('\n')
    .map((line) => line.replace(/^::\//, '').replace(/\/$/, '').trim())
    .filter((name) => name !== '');
}

/** A text file; undefined where there is none. */
export async function readFat(
  fat: Fat,
  path: string,
  context: FatContext,
): Promise<string | undefined> {
  const program = await programOf('mtype', context);
  const command = { command: program, args: ['-i', imageOf(fat), `::${path}`], env: ENV };
  const { code, stdout } = await runCommand(command, context);
  return code === 0 ? stdout : undefined;
}

/**
 * Copies entries of a folder, with all below them, into the root of a FAT, over what is there.
 * Throws `create.card` where they can't be written, as where there is no room.
 */
export async function copyInAll(
  fat: Fat,
  folder: string,
  names: readonly string[],
  context: FatContext,
): Promise<void> {
  const sources = names.map((name) => join(folder, name));
  try {
    await mtools('mcopy', ['-i', imageOf(fat), '-s', '-o', '-Q', ...sources, '::'], context);
  } catch (cause) {
    if (!RpiError.is(cause, 'command.failed')) throw cause;
    throw new RpiError('create.card', `Not everything could be written to ${fat.file}.`, {
      remedy: 'Take a larger card, or --size for an image; one that is large enough is broken.',
      cause,
    });
  }
}

/**
 * Writes a partition table with one FAT32, and formats it. All that was there is lost. `size`:
 * bytes of the whole medium. Throws `create.card` where it is too small for FAT32.
 */
export async function formatFat(
  file: string,
  size: number,
  label: string,
  context: FatContext,
): Promise<Fat> {
  requireRoom(file, size);
  const start = START;
  const sectors = Math.min(Math.floor(size / SECTOR) - start, LARGEST_SECTORS);
  const table = Buffer.alloc(SECTOR);
  table.writeUInt8(0x80, 446);
  table.writeUInt8(0x0c, 450); // FAT32 by LBA: all that the firmware of a Pi looks at
  table.writeUInt32LE(start, 454);
  table.writeUInt32LE(sectors, 458);
  table.writeUInt16LE(0xaa55, 510);
  {
    await using handle = await open(file, 'r+');
    // A table of the other kind (GPT) that was there would be found again: its header goes too.
    await handle.write(Buffer.alloc(34 * SECTOR), 0, 34 * SECTOR, 0);
    await handle.write(table, 0, SECTOR, 0);
    await handle.sync();
  }
  const fat = { file, offset: start * SECTOR };
  const geometry = ['-F', '-h', '255', '-s', '63', '-H', String(start), '-T', String(sectors)];
  await mtools('mformat', ['-i', imageOf(fat), ...geometry, '-v', label, '::'], context);
  return fat;
}

/** Throws `create.card` where a medium of `size` bytes is too small to be formatted. */
export function requireRoom(file: string, size: number): void {
  const needed = SMALLEST + START * SECTOR;
  if (size >= needed) return;
  throw new RpiError('create.card', `${file} is too small: ${needed / MIB} MiB are needed.`, {
    remedy: 'Take a larger card, or --size for an image.',
  });
}

const MIB = 1024 * 1024;
/** Sectors before the partition. */
const START = 8192;
/** mkfs and the firmware agree on FAT32 from here on; bytes. */
const SMALLEST = 64 * MIB;
/** 32 GB: the installer makes its own partitions anyway. */
const LARGEST_SECTORS = (32 * 1024 ** 3) / SECTOR;

/** mtools complain of media whose size is no multiple of a track, and ask on the terminal. */
const ENV = { MTOOLS_SKIP_CHECK: '1', MTOOLSRC: '/dev/null' };

function imageOf({ file, offset }: Fat): string {
  return `${file}@@${offset}`;
}

async function mtools(
  name: string,
  args: readonly string[],
  context: FatContext,
): ReturnType<typeof runChecked> {
  const program = await programOf(name, context);
  return runChecked({ command: program, args, env: ENV }, context);
}

async function programOf(name: string, { env }: FatContext): Promise<string> {
  const found = await findExecutable(name, env);
  if (found !== undefined) return found;
  throw new RpiError('command.not-found', `${name} is not installed: it reads and writes images.`, {
    remedy: 'Install mtools: apt install mtools',
  });
}

/** A folder for a moment. */
export async function inTemporaryFolder<Value>(
  work: (folder: string) => Promise<Value>,
): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), 'rpi-medium-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
