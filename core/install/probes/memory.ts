import { sizeText } from '../../formats/size.ts';
import type { InstallInput } from '../backend.ts';
import type { Probe } from '../probe.ts';
import { roomNeeded } from './boot.ts';

export const memoryProbe: Probe<InstallInput> = {
  name: 'memory',
  why: 'The boot partition is kept in memory while the card is formatted; what does not fit is lost.',
  find: (input) => {
    const { facts, medium } = input;
    if (!medium.bootInMemory) return { status: 'skipped', detail: 'nothing is kept in memory' };
    const used = facts.boot?.used;
    if (facts.memory === undefined || used === undefined) {
      return { status: 'failed', detail: 'how much memory and boot files it has can’t be told' };
    }
    // A RAM disk of Linux takes half of the memory at most, unless told otherwise.
    const room = facts.memory / 2;
    const needed = used + roomNeeded(input);
    return needed > room
      ? {
          status: 'failed',
          detail: `${sizeText(needed)} of boot files don’t fit into ${sizeText(room)}, half of its memory`,
          remedy:
            'Remove from the boot partition what is not needed: backups, kernels of other models.',
        }
      : {
          status: 'ok',
          detail: `${sizeText(facts.memory)}; the boot files take ${sizeText(needed)} of it`,
        };
  },
};
