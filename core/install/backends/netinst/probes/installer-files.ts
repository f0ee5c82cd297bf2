import { sizeText } from '../../../../formats/size.ts';
import { missingFiles, payloadSent, startsAnother } from '../payload-files.ts';
import type { NetinstProbe } from '../probe.ts';

export const installerFilesProbe: NetinstProbe = {
  name: 'installer files',
  why: 'Without the installer’s own kernel and RAM disk there is nothing to start.',
  find: ({ payload }, { facts }) => {
    if (startsAnother(facts, payload)) {
      return {
        status: 'failed',
        detail:
          'raspberrypi-ua-netinst/rcS is run in the installer’s place: what it does can’t be told',
        remedy: 'Remove it from the boot partition, or take the installer’s files without it.',
      };
    }
    const missing = missingFiles(facts);
    if (missing.length === 0) return { status: 'ok', detail: 'they are on the boot partition' };
    if (payload === undefined) {
      return {
        status: 'failed',
        detail: `neither on the boot partition nor here: ${missing.join(', ')}`,
        remedy:
          'Download a release of raspberrypi-ua-netinst and take its files: rpi create payload FILE.zip',
      };
    }
    const sent = payloadSent(payload, facts);
    const total = sizeText(sent.reduce((sum, { size }) => sum + size, 0));
    return { status: 'ok', detail: `${total} are sent from ${payload.manifest.name}` };
  },
};
