/** What one installation by raspberrypi-ua-netinst puts on a Pi, and what it does there. */
import { createHash } from 'node:crypto';
import { redact } from '../../../create/redact.ts';
import { HOST_KEY_PATH, MARKER, type RenderedFile } from '../../../create/host-files.ts';
import type { Payload } from '../../../create/payload-store.ts';
import type { Course, Medium, MediumFile, TargetDisk, UploadFile } from '../../backend.ts';
import type { Arming } from '../../probe.ts';
import type { TargetFacts } from '../../target-facts.ts';
import type { Rendered } from './probe.ts';
import { netinstProbes } from './probes.ts';
import { payloadSent, readSent } from './payload-files.ts';
import { netinstProgress } from './progress.ts';
import { netinstSettings, partitionSize, releaseUrl, type NetinstSettings } from './settings.ts';

/** The installer's folder on the boot partition, as its own config.txt names it. */
export const INSTALLER = 'raspberrypi-ua-netinst';
const CONFIG = 'config/installer-config.txt';
const ROOT_FILES = 'config/files/root';
/** Each installation has a nonce of its own; a host key may not be made before the first one. */
const MADE_ANEW: ReadonlySet<string> = new Set(
  [MARKER, HOST_KEY_PATH, `${HOST_KEY_PATH}.pub`].map((path) => `${ROOT_FILES}${path}`),
);

const MIB = 1024 ** 2;
/** What a system without extra packages takes, with room to install it. */
const SMALLEST_SYSTEM = 1024 * MIB;

/** `rendered` as its host will get it, with what was found out about it beforehand. */
export function netinstMedium({
  host,
  files,
  syntaxFaults,
  payload,
}: Omit<Rendered, 'settings'>): Medium {
  const config = files.find(({ path }) => path === CONFIG)?.content ?? '';
  const settings = netinstSettings(config);
  const url = releaseUrl(settings);
  return {
    system: systemOf(settings),
    files: (facts, arming) => mediumFiles(files, settings, payload, facts, arming),
    disks: disksOf(settings),
    interface: settings.get('ifname'),
    sources: url === undefined ? [] : [url],
    bootFiles: ['bootcode.bin'],
    bootInMemory: true,
    upload: async (facts, arming, nonce) => [
      ...(await readSent(payload, facts)),
      ...uploadFiles(files, settings, host.name, arming, nonce),
    ],
    anew: new Set([...MADE_ANEW].map((path) => `${INSTALLER}/${path}`)),
    texts: (arming) =>
      uploadFiles(
        files.filter(({ path }) => !MADE_ANEW.has(path)),
        settings,
        host.name,
        arming,
        '',
      ),
    replaced: [`${INSTALLER}/config`],
    switch: (arming) => ({
      from: `${INSTALLER}/config.txt`,
      to: arming === 'tryboot' ? 'tryboot.txt' : 'config.txt',
    }),
    expects: {
      hostname: settings.get('hostname'),
      packages: (settings.get('packages') ?? '').split(/[\s,]+/).filter((name) => name !== ''),
    },
    progress: netinstProgress(settings),
    examine: async (repository) =>
      (await repository.examine(files, 'skipped')).findings.map((each) => ({
        ...each,
        name: `repository: ${each.name}`,
      })),
    probes: netinstProbes({ host, settings, files, syntaxFaults, payload }),
    course: (facts, arming) => courseOf(settings, facts, arming),
  };
}

/**
 * installer-config.txt as it is sent. Under tryboot it begins with a command: once the disk is
 * wiped, the boot partition that is copied back has the installer's config.txt, so that a restart
 * goes on installing. Up to then the old config.txt stays, and any restart is one of the old system.
 */
export function armedConfig(text: string, arming: Arming): string {
  if (arming === 'config.txt') return text;
  return [
    '# Written by rpi: once the disk is wiped, a restart goes on with the installer.',
    `cp -f "\${tmp_bootfs}/${INSTALLER}/config.txt" "\${tmp_bootfs}/config.txt"`,
    text,
  ].join('\n');
}

/** installer-retries.txt; each installation begins with all of them. */
export function retriesFile({ get }: NetinstSettings): string {
  return `installer_retries=${get('installer_retries') ?? '3'}\n`;
}

/** As mediumFiles, with their contents; without the copy that arms. */
function uploadFiles(
  rendered: readonly RenderedFile[],
  settings: NetinstSettings,
  host: string,
  arming: Arming,
  nonce: string,
): UploadFile[] {
  const contents: Readonly<Record<string, (content: string) => string>> = {
    [CONFIG]: (content) => armedConfig(content, arming),
    // Every installation has a nonce of its own, also of files that were rendered before.
    [`${ROOT_FILES}${MARKER}`]: () => `${JSON.stringify({ v: 1, host, nonce })}\n`,
  };
  const sent = rendered.map(({ path, content }) => ({
    path: `${INSTALLER}/${path}`,
    content: Buffer.from(contents[path]?.(content) ?? content),
  }));
  const retries = Buffer.from(retriesFile(settings));
  return [...sent, { path: `${INSTALLER}/installer-retries.txt`, content: retries }];
}

/** What is secret is not in it: the digest of a plan stands on command lines. */
function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function mediumFiles(
  rendered: readonly RenderedFile[],
  settings: NetinstSettings,
  payload: Payload | undefined,
  facts: TargetFacts,
  arming: Arming,
): MediumFile[] {
  const own = payloadSent(payload, facts);
  const sent = rendered.map(({ path, content }): MediumFile => {
    const text = path === CONFIG ? armedConfig(content, arming) : content;
    return {
      path: `${INSTALLER}/${path}`,
      size: Buffer.byteLength(text),
      secret: redact(path, content) !== content,
      ...(MADE_ANEW.has(path) ? {} : { shown: sha256(redact(path, text)) }),
    };
  });
  const start = `${INSTALLER}/config.txt`;
  return [
    ...own.map(({ path, size }) => ({ path, size, secret: false, note: 'of the installer' })),
    ...sent,
    {
      path: `${INSTALLER}/installer-retries.txt`,
      size: Buffer.byteLength(retriesFile(settings)),
      secret: false,
      note: 'how often it tries',
    },
    {
      path: arming === 'tryboot' ? 'tryboot.txt' : 'config.txt',
      size: own.find(({ path }) => path === start)?.size ?? facts.boot?.files.get(start),
      secret: false,
      note: `a copy of ${INSTALLER}/config.txt, written last`,
    },
  ];
}

function systemOf({ get }: NetinstSettings): string {
  const shown = (name: string): string => get(name) ?? `(${name} is computed)`;
  return `${shown('release')} (${shown('arch')}, preset ${shown('preset')}) from ${shown('mirror')}`;
}

function disksOf({ get }: NetinstSettings): TargetDisk[] {
  const boot = partitionSize(get('bootsize')) ?? 128 * MIB;
  const system = partitionSize(get('rootsize')) ?? SMALLEST_SYSTEM;
  // Partitions begin a few megabytes in.
  const before = 8 * MIB;
  return get('usbroot') === '1'
    ? [
        { name: 'mmcblk0', holds: 'boot', atLeast: before + boot },
        { name: 'sda', holds: 'system', atLeast: before + system },
      ]
    : [{ name: 'mmcblk0', holds: 'all', atLeast: before + boot + system }];
}

function courseOf({ get }: NetinstSettings, facts: TargetFacts, arming: Arming): Course {
  const boot = facts.boot?.folder ?? '/boot';
  const retries = get('installer_retries') ?? '3';
  const afterwards = [
    'Between formatting the boot partition and copying its content back, a power cut leaves a disk that starts nothing. Only a newly written card helps then.',
    `After that the installer starts again by itself, ${retries} times at most. After the last try it stands still and blinks SOS.`,
  ];
  if (arming === 'config.txt') {
    return {
      switches: [
        `${boot}/config.txt is replaced by the installer’s: every start from then on is one of the installer.`,
        'The Pi is rebooted.',
      ],
      irreversible: IRREVERSIBLE,
      windows: [
        `While ${boot}/config.txt is replaced: FAT can’t do that in one step, and a power cut can leave the Pi with neither.`,
        'After the reboot there is no way back to the old system, also where the installer fails before it wipes the disk.',
        ...afterwards,
      ],
    };
  }
  return {
    switches: [
      `${boot}/config.txt stays as it is; ${boot}/tryboot.txt starts the installer, once.`,
      "The Pi is rebooted by: reboot '0 tryboot'",
    ],
    irreversible: IRREVERSIBLE,
    windows: [
      'Until the installer wipes the disk, whatever goes wrong (a power cut too) starts the old system again.',
      ...(isEarlyPi4(facts)
        ? [
            'On a Pi 4 of revision 1.0 or 1.1 tryboot needs a writable EEPROM. Where it is not, the old system starts again, and nothing has happened.',
          ]
        : []),
      ...afterwards,
    ],
  };
}

const IRREVERSIBLE = [
  'All that is on the disk is erased: the system, home folders, data, logs. Nothing of it is saved but config.txt, cmdline.txt and the ssh host keys.',
  'The Pi gets a new machine id, and the ssh host key that rpi made for it.',
];

function isEarlyPi4({ revision }: TargetFacts): boolean {
  return revision?.type === '4B' && (revision.revision === '1.0' || revision.revision === '1.1');
}
