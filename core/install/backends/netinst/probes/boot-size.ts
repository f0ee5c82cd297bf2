import { sizeText } from '../../../../formats/size.ts';
import { roomNeeded } from '../../../probes/boot.ts';
import type { NetinstProbe } from '../probe.ts';
import { partitionSize } from '../settings.ts';

/** What FAT needs for itself, as a part of the partition. */
const OVERHEAD = 0.05;

export const bootSizeProbe: NetinstProbe = {
  name: 'boot size',
  why: 'All boot files are copied back after formatting; where they don’t fit, nothing starts.',
  find: ({ settings }, input) => {
    const size = partitionSize(settings.get('bootsize'));
    const used = input.facts.boot?.used;
    if (size === undefined || used === undefined) {
      return {
        status: 'failed',
        detail: 'the size of the new boot partition, or of what goes there, can’t be told',
        remedy: 'Set bootsize=+512M in the installer’s settings.',
      };
    }
    const needed = (used + roomNeeded(input)) / (1 - OVERHEAD);
    return needed > size
      ? {
          status: 'failed',
          detail: `${sizeText(needed)} of boot files don’t fit into the new boot partition of ${sizeText(size)}`,
          remedy: 'Set bootsize=+512M in the installer’s settings (create.settings in rpi.yml).',
        }
      : { status: 'ok', detail: `${sizeText(needed)} of ${sizeText(size)}` };
  },
};
