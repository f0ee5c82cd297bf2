/** A host's rendered files on disk, with a manifest that tells a whole render from a torn one. */
import { createHash, randomBytes } from 'node:crypto';
import { chmod, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { systemCode } from '../errors.ts';
import { writeError, writeFileAtomic } from '../files/atomic.ts';
import { makeFolder } from '../files/make-folder.ts';
import type { RenderedFile } from './host-files.ts';

const manifestSchema = z.object({
  v: z.literal(1),
  host: z.string(),
  nonce: z.string(),
  /** Path → SHA-256 in hexadecimal. */
  files: z.record(z.string(), z.string()),
});
export type Manifest = z.infer<typeof manifestSchema>;

export type FileChange = {
  readonly path: string;
  readonly action: 'created' | 'updated' | 'removed';
  readonly before: string;
  readonly after: string;
};

const MANIFEST = 'render.json';

/** What the last complete render left; undefined where there is none that can be read. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')));
  } catch {
    return undefined;
  }
}

/** How `files` differ from what is in the folder. Only files of the manifest count as removed. */
export async function changesOf(
  folder: string,
  files: readonly RenderedFile[],
  previous: Manifest | undefined,
): Promise<FileChange[]> {
  const changes: FileChange[] = [];
  for (const { path, content } of files) {
    const before = await contentOf(join(folder, path));
    if (before === content) continue;
    const action = before === undefined ? 'created' : 'updated';
    changes.push({ path, action, before: before ?? '', after: content });
  }
  const kept = new Set(files.map(({ path }) => path));
  for (const path of Object.keys(previous?.files ?? {})) {
    if (kept.has(path) || !isInside(path)) continue;
    const before = await contentOf(join(folder, path));
    if (before !== undefined) changes.push({ path, action: 'removed', before, after: '' });
  }
  return changes;
}

/**
 * Makes the folder hold `files`: 0700 and 0600, as there are keys and passwords in them. The
 * manifest is written last: where its sums don't agree with the files, the render is not whole.
 */
export async function writeRender(
  folder: string,
  files: readonly RenderedFile[],
  changes: readonly FileChange[],
  manifest: Pick<Manifest, 'host' | 'nonce'>,
): Promise<void> {
  await makeFolder(folder, 0o700);
  await chmod(folder, 0o700);
  for (const { path, action, after } of changes) {
    const file = join(folder, path);
    if (action === 'removed') {
      await rm(file, { force: true });
      continue;
    }
    await makeFolder(dirname(file), 0o700);
    await writeFileAtomic(file, after, { mode: 0o600 });
  }
  const sums = files.map(({ path, content }) => [path, sha256(content)] as const);
  const whole: Manifest = { v: 1, ...manifest, files: Object.fromEntries(sums) };
  await writeFileAtomic(join(folder, MANIFEST), `${JSON.stringify(whole, undefined, 2)}\n`, {
    mode: 0o600,
  });
}

async function contentOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    // A file or folder of somebody else's stands where ours belongs.
    throw writeError(file, error);
  }
}

/** The manifest is a file that anybody may have edited. */
function isInside(path: string): boolean {
  return path.startsWith('config/') && !path.split('/').includes('..');
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Names one rendering; read back over ssh, it proves what was installed. */
export function newNonce(): string {
  return randomBytes(16).toString('hex');
}
