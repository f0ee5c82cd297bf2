import type { TargetDisk } from '../backend.ts';
import { sizeText } from '../../formats/size.ts';
import type { Finding } from '../../runs/finding.ts';
import type { InstallInput } from '../backend.ts';
import type { Probe } from '../probe.ts';

export const diskProbe: Probe<InstallInput> = {
  name: 'disk',
  why: 'The disk is wiped: it must be the one that the Pi runs from, and nothing else be on it.',
  find: (input) => {
    const { facts, medium } = input;
    if (facts.container !== undefined) {
      return {
        status: 'skipped',
        detail: `it runs in a container (${facts.container}), which does not tell its disk`,
      };
    }
    if (facts.rootDevice === undefined) {
      return {
        status: 'failed',
        detail:
          'the disk that it runs from can’t be told (is its overlay file system switched on?)',
        remedy: 'Switch it off (raspi-config, Performance Options), reboot, and try again.',
      };
    }
    return medium.disks.map((disk) => faultOf(disk, input)).find(isFault) ?? foreign(input);
  },
};

/** What speaks against wiping this disk. */
function faultOf(disk: TargetDisk, { facts, medium }: InstallInput): Finding | undefined {
  const runsFrom = facts.rootDevice?.disk;
  const held = facts.holders.find((holder) => holder.disk === disk.name);
  if (held !== undefined) {
    return {
      status: 'failed',
      detail: `${disk.name} is part of ${held.name} (LUKS, LVM or RAID)`,
      remedy: 'Such a Pi is not installed over the network: write a new card for it.',
    };
  }
  if (disk.holds !== 'boot' && runsFrom !== disk.name) {
    return {
      status: 'failed',
      detail: `it runs from ${runsFrom ?? 'somewhere else'}, and the installer would wipe ${disk.name}`,
      remedy: medium.disks.some(({ name }) => name === 'sda')
        ? 'Set usbroot=0 in the installer’s settings if the card is meant.'
        : 'Set usbroot=1 in the installer’s settings if its USB disk is meant.',
    };
  }
  const boot = facts.boot?.device?.disk;
  if (disk.holds !== 'system' && boot !== undefined && boot !== disk.name) {
    return {
      status: 'failed',
      detail: `it starts from ${boot}, and the installer would write to ${disk.name}`,
      remedy: 'Write a new card for it.',
    };
  }
  const size = facts.disks.find(({ name }) => name === disk.name)?.bytes;
  if (size === undefined) {
    return { status: 'failed', detail: `there is no disk ${disk.name}`, remedy: 'Write a card.' };
  }
  if (size < disk.atLeast) {
    return {
      status: 'failed',
      detail: `${disk.name} has ${sizeText(size)}, and ${sizeText(disk.atLeast)} are needed`,
      remedy: 'Take a larger card, or smaller values for bootsize and rootsize.',
    };
  }
  return undefined;
}

/** No file system may be mounted but the ones that the installation replaces. */
function foreign({ facts, medium }: InstallInput): Finding {
  const known = new Set(['/', facts.boot?.folder]);
  const other = facts.mounts.find(({ folder }) => !known.has(folder));
  if (other !== undefined) {
    return {
      status: 'failed',
      detail: `${other.name} is mounted at ${other.folder}`,
      remedy: 'Save what is on it, unmount it, and take it out of /etc/fstab.',
    };
  }
  const sizes = medium.disks.map(({ name }) => {
    const size = facts.disks.find((disk) => disk.name === name)?.bytes;
    return size === undefined ? name : `${name} (${sizeText(size)})`;
  });
  return { status: 'ok', detail: `${sizes.join(' and ')}: it runs from there, nothing else does` };
}

function isFault(finding: Finding | undefined): finding is Finding {
  return finding !== undefined;
}
