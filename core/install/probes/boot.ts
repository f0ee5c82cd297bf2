import { sizeText } from '../../formats/size.ts';
import type { InstallInput } from '../backend.ts';
import type { Probe } from '../probe.ts';

/** A cluster of the FAT file systems in question, in bytes: what a file takes at least. */
const CLUSTER = 4096;
/** For folders, and for a log that the installer may write. */
const SPARE = 1024 * 1024;

export const bootProbe: Probe<InstallInput> = {
  name: 'boot',
  why: 'What starts the installer goes onto the boot partition; half of it would start nothing.',
  find: (input) => {
    const { facts, medium } = input;
    const { boot } = facts;
    if (boot === undefined) {
      return {
        status: 'failed',
        detail: 'neither /boot/firmware nor /boot has a config.txt',
        remedy: 'Mount the boot partition (see /etc/fstab).',
      };
    }
    if (boot.mount === undefined) {
      return {
        status: 'failed',
        detail: `no file system is mounted at ${boot.folder}: its config.txt is not what starts it`,
        remedy: 'Mount the boot partition (see /etc/fstab).',
      };
    }
    if (facts.container === undefined && !/^(?:vfat|msdos)$/.test(boot.mount.type)) {
      return {
        status: 'failed',
        detail: `${boot.folder} is ${boot.mount.type}, not FAT: the firmware starts from elsewhere`,
        remedy: 'A Pi that starts over the network or another way is not installed by rpi.',
      };
    }
    if (boot.mount.options.includes('ro')) {
      return {
        status: 'failed',
        detail: `${boot.folder} is read-only`,
        remedy: `sudo mount -o remount,rw ${boot.folder} — if that fails, the card is worn out.`,
      };
    }
    const missing = medium.bootFiles.filter((file) => !boot.files.has(file));
    if (missing.length > 0) {
      return {
        status: 'failed',
        detail: `${boot.folder} lacks ${missing.join(', ')}`,
        remedy: 'Without it the installer starts over and over. Copy it from a Raspberry Pi OS.',
      };
    }
    const needed = roomNeeded(input);
    if (boot.free === undefined) {
      return { status: 'failed', detail: `how full ${boot.folder} is can’t be told` };
    }
    return boot.free < needed
      ? {
          status: 'failed',
          detail: `${boot.folder} has ${sizeText(boot.free)} left, and ${sizeText(needed)} are needed`,
          remedy: `Remove from ${boot.folder} what is not needed: backups, logs, kernels of other models.`,
        }
      : {
          status: 'ok',
          detail: `${boot.folder} is writable and has ${sizeText(boot.free)} left; ${sizeText(needed)} are needed`,
        };
  },
};

/** Bytes that the files take on FAT, beside those that are there. */
export function roomNeeded({ medium, facts, arming }: InstallInput): number {
  return medium
    .files(facts, arming)
    .reduce((sum, { size = 0 }) => sum + Math.ceil(size / CLUSTER) * CLUSTER, SPARE);
}
