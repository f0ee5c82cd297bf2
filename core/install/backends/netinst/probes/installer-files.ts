import type { NetinstProbe } from '../probes.ts';

/** What the installer's own config.txt starts, beside the kernels. */
const FILES = ['config.txt', 'cmdline.txt', 'initramfs.gz'];

export const installerFilesProbe: NetinstProbe = {
  name: 'installer files',
  why: 'Without the installer’s own kernel and RAM disk there is nothing to start.',
  find: (_rendered, { facts }) => {
    const files = facts.boot?.files ?? new Map<string, number>();
    const missing = FILES.filter((file) => !files.has(`raspberrypi-ua-netinst/${file}`));
    if (![...files.keys()].some((path) => /^raspberrypi-ua-netinst\/kernel.*\.img$/.test(path))) {
      missing.push('kernel*.img');
    }
    return missing.length === 0
      ? { status: 'ok', detail: 'they are on the boot partition' }
      : {
          status: 'warning',
          detail: `not on the boot partition yet: ${missing.join(', ')}; the room for them was not counted`,
          remedy: 'Unpack a release of raspberrypi-ua-netinst there, as root.',
        };
  },
};
