/** Block devices of this machine, and which of them may be written: never one that is in use. */
import * as z from 'zod';
import { runChecked, type Environment } from '../command/run.ts';

export type BlockDevice = {
  readonly path: string;
  /** `disk`, `part`, `loop`, `crypt`, `lvm`, `raid1` … */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  readonly model: string | undefined;
  readonly removable: boolean;
  readonly readOnly: boolean;
  /** `usb`, `mmc`, `sata` …; undefined where the system does not say. */
  readonly transport: string | undefined;
  /** `[SWAP]` among them. */
  readonly mounts: readonly string[];
  readonly children: readonly BlockDevice[];
};

const flag = z.union([z.boolean(), z.enum(['0', '1']).transform((digit) => digit === '1')]);

const device = z.object({
  path: z.string(),
  type: z.string(),
  size: z.coerce.number(),
  model: z.string().nullish(),
  rm: flag,
  hotplug: flag,
  ro: flag,
  tran: z.string().nullish(),
  mountpoints: z.array(z.string().nullable()).nullish(),
  get children() {
    return z.array(device).nullish();
  },
});

const COLUMNS = 'PATH,TYPE,SIZE,MODEL,RM,HOTPLUG,RO,TRAN,MOUNTPOINTS';

/** All of them, by lsblk. Throws `command.*`. */
export async function blockDevices(context: {
  readonly env: Environment;
  readonly signal: AbortSignal;
}): Promise<BlockDevice[]> {
  const command = { command: 'lsblk', args: ['--json', '--bytes', '--output', COLUMNS] };
  return parseBlockDevices((await runChecked(command, context)).stdout);
}

/** Reads what `lsblk --json` prints. Throws zod's error for anything else. */
export function parseBlockDevices(json: string): BlockDevice[] {
  return z
    .object({ blockdevices: z.array(device) })
    .parse(JSON.parse(json))
    .blockdevices.map(fromLsblk);
}

function fromLsblk(raw: z.infer<typeof device>): BlockDevice {
  return {
    path: raw.path,
    type: raw.type,
    size: raw.size,
    model: raw.model?.trim() ?? undefined,
    removable: raw.rm || raw.hotplug,
    readOnly: raw.ro,
    transport: raw.tran ?? undefined,
    mounts: (raw.mountpoints ?? []).filter((mount) => mount !== null),
    children: (raw.children ?? []).map(fromLsblk),
  };
}

export type Verdict =
  | { readonly ok: true; readonly device: BlockDevice }
  | { readonly ok: false; readonly why: string; readonly remedy: string };

/** Whether all of the device at `path` may be overwritten. There is no way to go on regardless. */
export function judgeDevice(devices: readonly BlockDevice[], path: string): Verdict {
  const found = devices.find((each) => each.path === path);
  if (found === undefined) {
    const parent = devices.find((each) => flat(each).some((part) => part.path === path));
    return parent === undefined
      ? { ok: false, why: `lsblk knows no ${path}`, remedy: 'lsblk lists what there is.' }
      : {
          ok: false,
          why: `${path} is a part of ${parent.path}`,
          remedy: `Name the whole card: ${parent.path}`,
        };
  }
  const mounts = flat(found).flatMap((part) =>
    part.mounts.map((mount) => `${part.path} at ${mount}`),
  );
  const system = mounts.filter((mount) =>
    / at (?:\/|\/boot.*|\/usr|\/var|\/home|\[SWAP\])$/.test(mount),
  );
  if (system.length > 0) {
    return {
      ok: false,
      why: `this machine runs from ${path} (${system.join(', ')})`,
      remedy: 'Name the card. rpi never writes to a disk of the running system.',
    };
  }
  if (mounts.length > 0) {
    const names = flat(found).filter((part) => part.mounts.length > 0);
    return {
      ok: false,
      why: `it is mounted: ${mounts.join(', ')}`,
      remedy: `If it is the right one: umount ${names.map((part) => part.path).join(' ')}`,
    };
  }
  const holder = flat(found).find(({ type }) => /^(?:crypt|lvm|raid.*|mpath|dm)$/.test(type));
  if (holder !== undefined) {
    return {
      ok: false,
      why: `${holder.path} (${holder.type}) is in use on it`,
      remedy: 'Take that apart first, if it is the right disk.',
    };
  }
  if (found.readOnly) {
    return {
      ok: false,
      why: 'it can’t be written',
      remedy: 'Is the slider of the card at “Lock”?',
    };
  }
  if (found.size === 0) {
    return { ok: false, why: 'there is no card in it', remedy: 'Put one in.' };
  }
  const isCard = found.removable || ['usb', 'mmc'].includes(found.transport ?? '');
  if (!isCard && found.type !== 'loop' && !/^\/dev\/mmcblk\d+$/.test(path)) {
    return {
      ok: false,
      why: `it is built into this machine (${found.model ?? found.transport ?? 'not removable'})`,
      remedy: 'Put the card into a USB reader.',
    };
  }
  return { ok: true, device: found };
}

function flat(device: BlockDevice): BlockDevice[] {
  return [device, ...device.children.flatMap(flat)];
}
