/** The installer's own files: what of them a Pi lacks, and what is sent for it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noPayload, type Payload } from '../../../create/payload-store.ts';
import { sha256 } from '../../backup.ts';
import type { UploadFile } from '../../backend.ts';
import type { TargetFacts } from '../../target-facts.ts';
import { RpiError } from '../../../errors.ts';

const FOLDER = 'raspberrypi-ua-netinst';
/** What the installer's own config.txt starts, beside the kernels. */
const FILES = ['config.txt', 'cmdline.txt', 'initramfs.gz'];

/** Names, as people are told. None where the installer can start. */
export function missingFiles({ boot }: TargetFacts): string[] {
  const files = boot?.files ?? new Map<string, number>();
  const missing = FILES.filter((file) => !files.has(`${FOLDER}/${file}`));
  const hasKernel = [...files.keys()].some((path) =>
    /^raspberrypi-ua-netinst\/kernel.*\.img$/.test(path),
  );
  return hasKernel ? missing : [...missing, 'kernel*.img'];
}

/**
 * Path and size of all that is sent where anything is missing: files of two releases don't go
 * together. Never what lies beside the folder: the old system starts by that.
 */
export function payloadSent(
  payload: Payload | undefined,
  facts: TargetFacts,
): { readonly path: string; readonly size: number; readonly sha256: string }[] {
  if (payload === undefined || missingFiles(facts).length === 0) return [];
  return Object.entries(payload.manifest.files)
    .filter(([path]) => path.startsWith(`${FOLDER}/`) && !path.startsWith(`${FOLDER}/config/`))
    .map(([path, { size, sha256: sum }]) => ({ path, size, sha256: sum }));
}

/** What the installer runs in its own place where somebody put it there: anything may be in it. */
const IN_ITS_PLACE = `${FOLDER}/rcS`;

/** Whether it would be run: from the Pi's boot partition, or from what is sent there. */
export function startsAnother(facts: TargetFacts, payload: Payload | undefined): boolean {
  return (
    facts.boot?.files.has(IN_ITS_PLACE) === true ||
    payloadSent(payload, facts).some(({ path }) => path === IN_ITS_PLACE)
  );
}

/** As payloadSent, with their contents. Throws `create.payload` for a file that is not as it was taken. */
export async function readSent(
  payload: Payload | undefined,
  facts: TargetFacts,
): Promise<UploadFile[]> {
  const sent = payloadSent(payload, facts);
  if (payload === undefined) {
    if (missingFiles(facts).length > 0) throw noPayload();
    return [];
  }
  return Promise.all(
    sent.map(async ({ path, sha256: sum }) => {
      const content = await readFile(join(payload.folder, path)).catch(() => undefined);
      if (content === undefined || sha256(content) !== sum) {
        throw new RpiError('create.payload', `The kept ${path} is not the one that was taken.`, {
          remedy: 'Take the installer’s files again: rpi create payload PATH',
        });
      }
      return { path, content };
    }),
  );
}
