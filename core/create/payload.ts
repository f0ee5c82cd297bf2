/** `rpi create payload`: takes the installer's files from what a person downloaded or unpacked. */
import { createReadStream } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { createGunzip } from 'node:zlib';
import { RpiError } from '../errors.ts';
import { writeError, writeFileAtomic } from '../files/atomic.ts';
import { acquireLock } from '../files/lock.ts';
import { makePrivateFolder } from '../files/private-folder.ts';
import { sizeText } from '../formats/size.ts';
import type { EventBody } from '../runs/event.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import { judgeContent, type BootFile } from './installer-content.ts';
import { MANIFEST, payloadFolder, sha256Of, type PayloadManifest } from './payload-store.ts';
import { filesBelow, kindOf, unpack, type Kind } from './unpack.ts';

export type PayloadInput = {
  /** A zip, an image (also packed by xz) or a folder. */
  readonly path: string;
  /** What the file's SHA-256 must be, in hexadecimal. */
  readonly sha256: string | undefined;
};

export type PayloadOutcome = Outcome & { readonly manifest: PayloadManifest | undefined };

/**
 * Unpacks, checks, and keeps the files in the data folder of the project. Throws `create.payload`
 * for what is no whole installer, `file.not-readable`, `command.not-found` for unzip or mtools.
 */
export async function* takePayload(
  input: PayloadInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, PayloadOutcome> {
  const { project, dryRun } = context;
  const path = resolve(input.path);
  const kind = await kindOf(path);
  yield await checkSum(path, kind, input.sha256);
  const store = payloadFolder(project);
  await makePrivateFolder(project.data);
  await using _lock = await acquireLock(project.locks, 'create:payload', 'create payload');
  const partial = `${store}.new-${process.pid}`;
  const files = join(partial, 'files');
  try {
    await makePrivateFolder(files);
    await unpack(path, kind, files, context);
    // Settings that come with it are examples; those of a host are rendered.
    await rm(join(files, 'raspberrypi-ua-netinst/config'), { recursive: true, force: true });
    const found = await filesBelow(files);
    const models = modelsOf(found, path);
    yield* checkFiles(files, found);
    const size = found.reduce((sum, file) => sum + file.size, 0);
    const whole = `${found.length} files, ${sizeText(size)}; boots ${models.join(', ')}`;
    const check = { kind: 'check', status: 'ok' } as const;
    yield { ...check, name: 'content', detail: `raspberrypi-ua-netinst, ${whole}` };
    const manifest = await manifestOf(basename(path), models, files, found);
    if (dryRun)
      return { status: 'ok', summary: `It is right: ${whole}. Nothing was kept.`, manifest };
    await writeFileAtomic(join(partial, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`);
    await replaceFolder(store, partial);
    yield { kind: 'file.changed', path: store, action: 'updated', planned: false };
    return { status: 'ok', summary: `Took ${basename(path)}: ${whole}.`, manifest };
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** By what was given, else by a file of sums that lies beside it; without either that is said. */
async function checkSum(path: string, kind: Kind, given: string | undefined): Promise<EventBody> {
  const check = { kind: 'check', name: 'checksum' } as const;
  if (kind === 'folder') {
    if (given === undefined) return { ...check, status: 'skipped', detail: 'a folder has none' };
    throw new RpiError('input.invalid', '--sha256 is for a file, and this is a folder.', {
      remedy: 'Name the zip or the image that it was unpacked from.',
    });
  }
  const expected = given?.toLowerCase() ?? (await sumBeside(path));
  if (expected === undefined) {
    const detail = 'none given (--sha256), and no file of sums lies beside it';
    return { ...check, status: 'skipped', detail };
  }
  const found = await sha256Of(path);
  if (found !== expected) {
    throw new RpiError(
      'create.payload',
      `${basename(path)} has the SHA-256 ${found}, and not ${expected}.`,
      { remedy: 'It is damaged, or another file: download it again.' },
    );
  }
  return { ...check, status: 'ok', detail: `SHA-256 ${found}` };
}

/** In `NAME.sha256` or `SHA256SUMS`, as sha256sum writes them. */
async function sumBeside(path: string): Promise<string | undefined> {
  for (const file of [`${path}.sha256`, join(dirname(path), 'SHA256SUMS')]) {
    const text = await readFile(file, 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      const [, sum, name] = /^([0-9a-f]{64})(?:\s+\*?(.+?))?\s*$/i.exec(line) ?? [];
      if (sum !== undefined && (name === undefined || basename(name) === basename(path))) {
        return sum.toLowerCase();
      }
    }
  }
  return undefined;
}

function modelsOf(files: readonly BootFile[], path: string): readonly string[] {
  const content = judgeContent(files);
  switch (content.type) {
    case 'installer':
      return content.models;
    case 'incomplete':
      throw new RpiError(
        'create.payload',
        `${basename(path)} is no whole raspberrypi-ua-netinst. Missing: ${content.missing.join(', ')}.`,
        { remedy: 'Download it again; a folder must hold all of it, unpacked.' },
      );
    case 'other':
      throw new RpiError('create.payload', `${basename(path)} is ${content.what}.`, {
        remedy: content.remedy,
      });
  }
}

/** What a broken download or a hand that changed something leaves, and the firmware stumbles over. */
async function* checkFiles(folder: string, files: readonly BootFile[]): AsyncGenerator<EventBody> {
  const config = await readFile(join(folder, 'raspberrypi-ua-netinst/config.txt'), 'utf8');
  if (
    !/^os_prefix=raspberrypi-ua-netinst\/\s*$/m.test(config) ||
    !/^initramfs\s+initramfs\.gz\s*$/m.test(config)
  ) {
    throw damaged('raspberrypi-ua-netinst/config.txt', 'it does not start the installer');
  }
  for (const { path } of files.filter((file) => file.path.endsWith('.dtb'))) {
    const head = (await readFile(join(folder, path))).subarray(0, 4).toString('hex');
    if (head !== 'd00dfeed') throw damaged(path, 'it is no device tree');
  }
  const initramfs = 'raspberrypi-ua-netinst/initramfs.gz';
  const packed: AsyncIterable<Uint8Array> = createReadStream(join(folder, initramfs)).pipe(
    createGunzip(),
  );
  let size = 0;
  try {
    for await (const part of packed) size += part.length;
  } catch {
    throw damaged(initramfs, 'it can’t be unpacked');
  }
  yield {
    kind: 'check',
    name: 'initramfs',
    status: 'ok',
    detail: `whole, ${sizeText(size)} unpacked`,
  };
}

function damaged(path: string, why: string): RpiError {
  return new RpiError('create.payload', `${path} is damaged: ${why}.`, {
    remedy: 'Download the installer again.',
  });
}

async function manifestOf(
  name: string,
  models: readonly string[],
  folder: string,
  files: readonly BootFile[],
): Promise<PayloadManifest> {
  const entries = await Promise.all(
    files.map(async ({ path, size }) => {
      return [path, { size, sha256: await sha256Of(join(folder, path)) }] as const;
    }),
  );
  return { v: 1, name, models: [...models], files: Object.fromEntries(entries.sort()) };
}

/** Between the two renames there is none: whoever reads then is told to take it again. */
async function replaceFolder(target: string, replacement: string): Promise<void> {
  const old = `${replacement}.old`;
  try {
    await rename(target, old).catch(() => undefined);
    await rename(replacement, target);
  } catch (error) {
    throw writeError(target, error);
  } finally {
    await rm(old, { recursive: true, force: true });
  }
}
