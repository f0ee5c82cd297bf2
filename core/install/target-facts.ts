/** What a Pi said of itself before an installation. Total: any text gives a result. */
import { decodeRevision, type Revision } from '../formats/revision-code.ts';
import { FACTS_BEGIN, FACTS_END } from './facts-script.ts';

export type Link = {
  readonly name: string;
  /** Lower case with colons. */
  readonly mac: string;
  readonly kind: 'wired' | 'wireless';
  /** A cable with something at its other end, or a Wi-Fi that let it in. */
  readonly up: boolean;
};

/** A file system's place: the partition (or other device) and the disk it is on. */
export type Device = { readonly name: string; readonly disk: string };

export type BootPartition = {
  /** Where it is mounted: `/boot/firmware` or `/boot`. */
  readonly folder: string;
  /** File system and mount options; undefined where nothing is mounted there. */
  readonly mount: { readonly type: string; readonly options: readonly string[] } | undefined;
  readonly device: Device | undefined;
  /** Bytes. */
  readonly total: number | undefined;
  readonly free: number | undefined;
  readonly used: number | undefined;
  /** Path below the folder → bytes; three levels deep, without overlays. */
  readonly files: ReadonlyMap<string, number>;
};

export type TargetFacts = {
  readonly model: string | undefined;
  readonly serial: string | undefined;
  readonly revision: Revision | undefined;
  readonly os: string | undefined;
  readonly machineId: string | undefined;
  readonly bootId: string | undefined;
  /** The container manager, where it is no machine of its own. */
  readonly container: string | undefined;
  /** It may become root without a password. */
  readonly root: boolean;
  /** Bytes. */
  readonly memory: number | undefined;
  readonly links: readonly Link[];
  readonly addresses: readonly { readonly link: string; readonly address: string }[];
  /** The Pi's own address in this very connection. */
  readonly sshAddress: string | undefined;
  readonly boot: BootPartition | undefined;
  readonly rootDevice: Device | undefined;
  readonly disks: readonly { readonly name: string; readonly bytes: number }[];
  /** What lies over a disk's partitions: LUKS, LVM, RAID. */
  readonly holders: readonly { readonly disk: string; readonly name: string }[];
  readonly mounts: readonly (Device & { readonly folder: string })[];
  /** Package operations under way, by the program's name. */
  readonly busy: readonly string[];
};

/** How an address was reached from the Pi; `status` is what its server said instead of 200. */
export type Reach =
  | { readonly type: 'ok' | 'failed' | 'no-tool' }
  | { readonly type: 'status'; readonly status: string };

const LONGEST_ANSWER = 262_144;
const LONGEST_LINE = 400;
const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;

/** The facts; undefined when the text holds no complete answer. */
export function parseTargetFacts(output: string): TargetFacts | undefined {
  const answer = answerIn(output);
  if (answer === undefined) return undefined;
  const lines = answer.map((line): readonly [string, string] => {
    const space = line.indexOf(' ');
    return space === -1 ? [line, ''] : [line.slice(0, space), line.slice(space + 1).trim()];
  });
  const all = (key: string): string[] =>
    lines.filter(([name, value]) => name === key && value !== '').map(([, value]) => value);
  const first = (key: string): string | undefined => all(key)[0];
  const revision = first('revision');
  return {
    model: printable(first('model')),
    serial: matching(/^[0-9a-z]{4,32}$/, first('serial')?.toLowerCase()),
    revision: revision === undefined ? undefined : decodeRevision(revision),
    os: printable(first('os')),
    machineId: matching(/^[0-9a-f]{32}$/, first('machine-id')),
    bootId: matching(/^[0-9a-f-]{36}$/, first('boot-id')),
    container: printable(first('container')),
    root: first('root') === 'yes',
    memory: kibibytes(first('memory')),
    links: all('link').flatMap(linkOf),
    addresses: all('address').flatMap((value) => {
      const [link = '', network = ''] = value.split(' ');
      const [address = ''] = network.split('/');
      return /^[\d.]+$/.test(address) && link !== 'lo' ? [{ link, address }] : [];
    }),
    sshAddress: matching(/^[0-9a-f.:]+$/i, first('ssh-address')),
    boot: bootOf(all, first),
    rootDevice: deviceOf(first('root-device')),
    disks: all('disk').flatMap((value) => {
      const [name, sectors] = value.split(' ');
      // sysfs counts in units of 512 bytes, whatever the disk's own sectors are.
      const bytes = integer(sectors);
      return name === undefined || bytes === undefined ? [] : [{ name, bytes: bytes * 512 }];
    }),
    holders: all('holder').flatMap((value) => {
      const [disk, name] = value.split(' ');
      return disk === undefined || name === undefined ? [] : [{ disk, name }];
    }),
    mounts: all('mount').flatMap((value) => {
      const [name, disk, folder] = value.split(' ');
      return name === undefined || disk === undefined || folder === undefined
        ? []
        : [{ name, disk, folder: printable(folder) ?? '' }];
    }),
    busy: [...new Set(all('busy').flatMap((value) => printable(value) ?? []))],
  };
}

/** What `reachScript` printed for URL number `index`; undefined where it printed nothing. */
export function parseReach(output: string, index: number): Reach | undefined {
  const [, type, status = ''] =
    new RegExp(`^reach ${index} (ok|failed|no-tool|status)(?: (\\w{1,10}))?\\r?$`, 'm').exec(
      output.slice(0, LONGEST_ANSWER),
    ) ?? [];
  if (type === 'status') return { type, status };
  return type === 'ok' || type === 'failed' || type === 'no-tool' ? { type } : undefined;
}

function bootOf(
  all: (key: string) => string[],
  first: (key: string) => string | undefined,
): BootPartition | undefined {
  const folder = matching(/^\/boot(?:\/firmware)?$/, first('boot'));
  if (folder === undefined) return undefined;
  const [type, options = ''] = first('boot-mount')?.split(' ') ?? [];
  // df prints a line of headings first; its words are no numbers.
  const spaces = all('boot-space').map((value) => value.split(' ').map(kibibytes));
  const [total, free] = spaces.find(([size]) => size !== undefined) ?? [];
  return {
    folder,
    mount: type === undefined ? undefined : { type, options: options.split(',') },
    device: deviceOf(first('boot-device')),
    total,
    free,
    used: kibibytes(first('boot-used')),
    files: new Map(
      all('boot-file').flatMap((value): [string, number][] => {
        const [, size, path] = /^(\d{1,15}) (.+)$/.exec(value) ?? [];
        return size === undefined || path === undefined ? [] : [[path, Number(size)]];
      }),
    ),
  };
}

function linkOf(value: string): Link[] {
  const [name = '', address = '', kind, carrier] = value.split(' ');
  const mac = address.toLowerCase();
  if (!MAC.test(mac) || mac === '00:00:00:00:00:00') return [];
  return [
    { name, mac, kind: kind === 'wireless' ? 'wireless' : 'wired', up: carrier === '1' } as const,
  ];
}

function deviceOf(value: string | undefined): Device | undefined {
  const [name, disk] = value?.split(' ') ?? [];
  return name === undefined || disk === undefined || disk === '' ? undefined : { name, disk };
}

/** The lines between the marks; what a login script prints stands before them. */
function answerIn(output: string): string[] | undefined {
  const lines = output.slice(0, LONGEST_ANSWER).split(/\r?\n/);
  const begin = lines.indexOf(FACTS_BEGIN);
  const end = lines.indexOf(FACTS_END, begin + 1);
  if (begin === -1 || end === -1) return undefined;
  return lines.slice(begin + 1, end).filter((line) => line.length <= LONGEST_LINE);
}

function matching(pattern: RegExp, value: string | undefined): string | undefined {
  return value !== undefined && pattern.test(value) ? value : undefined;
}

function integer(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function kibibytes(value: string | undefined): number | undefined {
  const number = integer(value);
  return number === undefined ? undefined : number * 1024;
}

/** Shown in terminals and documents: nothing in it may move a cursor. */
function printable(value: string | undefined): string | undefined {
  const clean = value?.replace(/\p{C}/gu, '').trim().slice(0, 120);
  return clean === '' ? undefined : clean;
}
