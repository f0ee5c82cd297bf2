import { valueFix } from '../edits.ts';
import type { FileRule } from '../items.ts';

const MIB = 1024 * 1024;

/** Kernels, firmware and overlays of the new system. */
const SYSTEM = 64 * MIB;

/** What the installer’s own files take, where nobody counted them. */
const INSTALLER = 64 * MIB;

const ADVISED = '+512M';

/** Everything that was on the boot partition is copied back after the disk was wiped. */
export const bootSize: FileRule = {
  code: 'boot-size',
  *check({ dialect, assignment, value }, { bootBytes }) {
    const written = assignment('bootsize');
    const size = bytesOf(value('bootsize') ?? '');
    if (written === undefined || size === undefined) return;
    const place = written.value === '' ? written.range : written.valueRange;
    const needed = (bootBytes ?? INSTALLER) + SYSTEM;
    if (size < needed) {
      yield {
        ...place,
        message:
          `${value('bootsize') ?? ''} is too small: ` +
          (bootBytes === undefined
            ? `the installer’s files and the new system’s need about ${inMiB(needed)} MB.`
            : `${inMiB(bootBytes)} MB are copied back, and the new system needs ${inMiB(SYSTEM)} MB more.`) +
          ' It fails after the disk was wiped.',
        fixes: [valueFix(written, advised(needed))],
      };
    } else if (bootBytes === undefined && size < 2 * needed && dialect.emptyTakesDefault) {
      yield {
        ...place,
        severity: 'information',
        message: `${value('bootsize') ?? ''} is often too small: everything on the boot partition is copied back to it.`,
        fixes: [valueFix(written, ADVISED)],
      };
    }
  },
};

/** `+512M` and what else fdisk understands; undefined for sectors and nonsense. */
function bytesOf(size: string): number | undefined {
  const match = /^\+(\d+(?:\.\d+)?)([KMGT])(?:i?B)?$/.exec(size);
  if (match === null) return undefined;
  return Number(match[1]) * 1024 ** ('KMGT'.indexOf(match[2] ?? 'K') + 1);
}

/** At least 512 MB, and twice what is needed now. */
function advised(needed: number): string {
  const wanted = Math.ceil((2 * needed) / MIB / 256) * 256;
  return wanted <= 512 ? ADVISED : `+${wanted}M`;
}

function inMiB(bytes: number): number {
  return Math.ceil(bytes / MIB);
}
