/**
 * What the bridge's server has beside the packages that machines install: signed archives for armhf and arm64, as
 * the mirrors of Raspbian, Debian and Raspberry Pi are laid out. Their packages are stand-ins, of names, versions and
 * dependencies that are real, and with nothing in them: they are there to be looked up and downloaded.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Base } from './base.ts';
import { suite } from './base-content.ts';
import { run } from './command.ts';
import { isInstalled } from './host.ts';

/** The folder of the archives, below the repository; raise the number when what is made below changes. */
const folderName = 'arm-1';

/** Where an archive of the lab is served, relative to the server's root. */
export const archivePath = (name: ArchiveName): string => `${folderName}/${name}/`;
/** The public key that signed them, for gpgv; not there on a host without gpg. */
export const archiveKeyring = (repository: string): string =>
  join(repository, folderName, 'keyring.gpg');

export type ArchiveName = 'raspbian' | 'debian' | 'raspberrypi';

type Archive = { name: ArchiveName; origin: string; architectures: string[]; components: string[] };

const archives: readonly Archive[] = [
  {
    name: 'raspbian',
    origin: 'Raspbian',
    architectures: ['armhf'],
    components: ['main', 'contrib', 'non-free', 'rpi', 'firmware'],
  },
  {
    name: 'debian',
    origin: 'Debian',
    architectures: ['arm64'],
    components: ['main', 'contrib', 'non-free', 'non-free-firmware'],
  },
  {
    name: 'raspberrypi',
    origin: 'Raspberry Pi Foundation',
    architectures: ['armhf', 'arm64'],
    components: ['main'],
  },
];

/** What the network installer asks for and no machine of the lab has. */
const installerPackages = [
  ...['apt-utils', 'bash-completion', 'console-setup', 'cpufrequtils', 'cron', 'crda', 'dialog'],
  ...['dosfstools', 'fake-hwclock', 'gnupg', 'ifupdown', 'iputils-ping', 'isc-dhcp-client', 'less'],
  ...['locales', 'logrotate', 'man-db', 'net-tools', 'ntp', 'rng-tools', 'rsyslog', 'vim-tiny'],
  ...[
    'watchdog',
    'wget',
    'wpasupplicant',
    'keyboard-configuration',
    'apt-transport-https',
    'libpam-systemd',
  ],
];
const raspberryPiPackages = [
  ...['raspberrypi-bootloader', 'raspberrypi-kernel', 'raspberrypi-sys-mods', 'libraspberrypi-bin'],
  ...['raspi-copies-and-fills', 'firmware-brcm80211'],
];

/** The fields of a package that a stand-in has too. */
const keptFields = [
  ...['Package', 'Version', 'Essential', 'Priority', 'Section', 'Pre-Depends', 'Depends'],
  'Provides',
];

/** Makes the archives below `base.repository`, unless they are there. */
export async function ensureArchives(
  base: Base,
  onProgress: (text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const home = join(base.repository, folderName);
  if (existsSync(home)) return;
  onProgress('making archives for armhf and arm64 (once)');
  const partial = `${home}.partial-${process.pid}`;
  try {
    await build(base, partial, signal);
    await rename(partial, home).catch((error: unknown) => {
      if (!existsSync(home)) throw error; // another lab was faster
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function build(base: Base, home: string, signal: AbortSignal | undefined): Promise<void> {
  const known = new Map<string, string>();
  for (const file of [join(base.root, 'var/lib/dpkg/status'), join(base.repository, 'Packages')]) {
    for (const stanza of (await readFile(file, 'utf8')).split(/\n\n+/)) {
      const name = /^Package: (.+)$/m.exec(stanza)?.[1];
      if (name !== undefined) known.set(name, standIn(stanza));
    }
  }
  for (const name of installerPackages) if (!known.has(name)) known.set(name, plain(name));
  await buildPackages(join(home, 'raspbian/pool'), [...known.values()], signal);
  await buildPackages(join(home, 'raspberrypi/pool'), raspberryPiPackages.map(plain), signal);
  await mkdir(join(home, 'debian'), { recursive: true });
  await symlink('../raspbian/pool', join(home, 'debian/pool'));
  const signer = isInstalled('gpg') ? await makeSigner(home, signal) : undefined;
  try {
    for (const archive of archives) {
      const release = await writeIndexes(join(home, archive.name), archive, signal);
      await signer?.sign(release);
    }
  } finally {
    await signer?.end();
  }
}

/** A control file: kept fields, for every architecture. */
function standIn(stanza: string): string {
  const fields = stanza
    .replaceAll(/\n[ \t]+/g, ' ')
    .split('\n')
    .filter((line) => keptFields.includes(line.split(':')[0] ?? ''))
    // An architecture-independent package can't be of `Multi-Arch: allowed`.
    .map((line) => line.replaceAll(':any', ''));
  return `${fields.join('\n')}\nArchitecture: all\nMaintainer: The lab <lab@example.invalid>\nDescription: a stand-in\n`;
}

function plain(name: string): string {
  return standIn(`Package: ${name}\nVersion: 1.0\nPriority: optional\nSection: misc`);
}

async function buildPackages(
  pool: string,
  controls: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  await mkdir(pool, { recursive: true });
  const waiting = [...controls];
  const work = async (): Promise<void> => {
    for (let control = waiting.pop(); control !== undefined; control = waiting.pop()) {
      const name = /^Package: (.+)$/m.exec(control)?.[1] ?? '';
      const tree = join(pool, `${name}.tree`);
      await mkdir(join(tree, 'DEBIAN'), { recursive: true });
      await writeFile(join(tree, 'DEBIAN/control'), control);
      const args = ['-Zgzip', '--root-owner-group', '--nocheck', '--build', tree];
      await run(
        { command: 'dpkg-deb', args: [...args, join(pool, `${name}_all.deb`)] },
        { signal },
      );
      await rm(tree, { recursive: true });
    }
  };
  await Promise.all([work(), work(), work(), work()]);
}

/** @returns the path of its Release */
async function writeIndexes(
  root: string,
  archive: Archive,
  signal: AbortSignal | undefined,
): Promise<string> {
  const scan = { command: 'dpkg-scanpackages', args: ['--multiversion', 'pool'], cwd: root };
  const { stdout } = await run(scan, { signal });
  const dist = join(root, 'dists', suite);
  const sums: string[] = [];
  for (const component of archive.components) {
    for (const architecture of archive.architectures) {
      const path = `${component}/binary-${architecture}/Packages`;
      const content = component === 'main' ? stdout : '';
      await mkdir(dirname(join(dist, path)), { recursive: true });
      await writeFile(join(dist, path), content);
      await writeFile(join(dist, `${path}.gz`), gzipSync(content));
      if (isInstalled('xz')) {
        await run({ command: 'xz', args: ['--keep', join(dist, path)] }, { signal });
      }
      for (const name of [path, `${path}.gz`, `${path}.xz`]) {
        const bytes = await readFile(join(dist, name)).catch(() => undefined);
        if (bytes === undefined) continue;
        const sum = createHash('sha256').update(bytes).digest('hex');
        sums.push(` ${sum} ${bytes.length} ${name}`);
      }
    }
  }
  const fields = [
    `Origin: ${archive.origin}`,
    `Label: ${archive.origin}`,
    `Suite: oldstable`,
    `Codename: ${suite}`,
    `Date: ${new Date().toUTCString()}`,
    `Architectures: ${archive.architectures.join(' ')}`,
    `Components: ${archive.components.join(' ')}`,
    'SHA256:',
    ...sums,
  ];
  const release = join(dist, 'Release');
  await writeFile(release, `${fields.join('\n')}\n`);
  return release;
}

type Signer = { sign: (release: string) => Promise<void>; end: () => Promise<void> };

/** A key that signs these archives and nothing else ever: it is deleted with them signed. */
async function makeSigner(home: string, signal: AbortSignal | undefined): Promise<Signer> {
  // The agent's socket lies in it: the path must be short.
  const keys = await mkdtemp(join(tmpdir(), 'rpi-gpg-'));
  const gpg = async (...args: string[]): Promise<void> => {
    await run(
      { command: 'gpg', args: ['--homedir', keys, '--batch', '--quiet', ...args] },
      { signal },
    );
  };
  const user = 'The lab <lab@example.invalid>';
  await gpg('--passphrase', '', '--quick-gen-key', user, 'ed25519', 'sign', 'never');
  await gpg('--output', join(home, 'keyring.gpg'), '--export');
  return {
    sign: async (release) => {
      const inline = join(dirname(release), 'InRelease');
      await gpg('--output', inline, '--clearsign', release);
      await gpg('--output', `${release}.gpg`, '--armor', '--detach-sign', release);
    },
    end: async () => {
      await run({ command: 'gpgconf', args: ['--homedir', keys, '--kill', 'gpg-agent'] });
      await rm(keys, { recursive: true, force: true });
    },
  };
}
