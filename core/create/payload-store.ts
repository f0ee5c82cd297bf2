/** The installer's own files, as `rpi create payload` keeps them in the data folder of the project. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { RpiError } from '../errors.ts';
import type { Project } from '../project/project.ts';

const manifestSchema = z.object({
  v: z.literal(1),
  /** As it was called, such as raspberrypi-ua-netinst-v2.5.0.zip. */
  name: z.string(),
  models: z.array(z.string()),
  /** Path, relative to the boot partition → what is there. */
  files: z.record(z.string(), z.object({ size: z.number(), sha256: z.string() })),
});
export type PayloadManifest = z.infer<typeof manifestSchema>;

export type Payload = {
  /** Absolute; the files lie in it as on the boot partition. */
  readonly folder: string;
  readonly manifest: PayloadManifest;
};

export const MANIFEST = 'payload.json';

export function payloadFolder({ data }: Pick<Project, 'data'>): string {
  return join(data, 'payload');
}

/** What is kept; undefined where there is nothing. Its files are not read: see checkPayload. */
export async function readPayload(project: Pick<Project, 'data'>): Promise<Payload | undefined> {
  const folder = payloadFolder(project);
  try {
    const text = await readFile(join(folder, MANIFEST), 'utf8');
    return { folder: join(folder, 'files'), manifest: manifestSchema.parse(JSON.parse(text)) };
  } catch {
    return undefined;
  }
}

/** Throws `create.payload` where a file is missing or another than was taken. */
export async function checkPayload({ folder, manifest }: Payload): Promise<void> {
  for (const [path, { sha256 }] of Object.entries(manifest.files)) {
    const found = await sha256Of(join(folder, path)).catch(() => undefined);
    if (found === sha256) continue;
    throw new RpiError('create.payload', `The kept ${path} is not the one that was taken.`, {
      remedy: 'Take the installer’s files again: rpi create payload PATH',
    });
  }
}

export function noPayload(): RpiError {
  return new RpiError('create.payload', 'The installer’s own files are not here yet.', {
    remedy: 'Download a release of raspberrypi-ua-netinst and run: rpi create payload FILE.zip',
  });
}

/** In hexadecimal. Throws system errors. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  const bytes: AsyncIterable<Uint8Array> = createReadStream(file);
  for await (const part of bytes) hash.update(part);
  return hash.digest('hex');
}
