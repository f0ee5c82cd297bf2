/**
 * The base: one Debian root that every machine's disk is layered over, and the apt repository that the
 * bridge serves. Built once, kept under a name that is a hash of the recipe, moved there when complete.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  baseFiles,
  basePackages,
  divertedReboot,
  enabledUnits,
  guest,
  maskedUnits,
  notice,
  repositoryPackages,
  suite,
} from './base-content.ts';
import { run } from './command.ts';
import type { Command } from './command.ts';
import { writeRepositoryIndex } from './repository.ts';
import { isAlive } from './state.ts';

export type Base = { key: string; root: string; repository: string };

/** Raised when the steps below change without their data changing. */
const recipeVersion = 2;

/** The base that today's recipe names, whether it is built or not. */
function baseOf(cache: string): Base {
  const recipe = JSON.stringify([
    recipeVersion,
    suite,
    basePackages,
    repositoryPackages,
    notice,
    baseFiles,
    enabledUnits,
    maskedUnits,
    guest,
  ]);
  const key = createHash('sha256').update(recipe).digest('hex').slice(0, 12);
  return baseNamed(cache, key);
}

/** The base of a key: a lab that runs keeps its own, even when the recipe has changed since. */
export function baseNamed(cache: string, key: string): Base {
  const home = join(cache, `base-${key}`);
  return { key, root: join(home, 'root'), repository: join(home, 'repository') };
}

/** Gives the base, built first when it isn't there (about half a minute, network needed). */
export async function ensureBase(
  cache: string,
  onProgress: (text: string) => void,
  signal?: AbortSignal,
): Promise<Base> {
  const base = baseOf(cache);
  const home = dirname(base.root);
  if (existsSync(home)) return base;
  await mkdir(cache, { recursive: true });
  await removeAbandoned(cache);
  const partial = `${home}.partial-${process.pid}`;
  onProgress(`building the base root (once): Debian ${suite} with mmdebstrap`);
  try {
    await build(partial, onProgress, signal);
    await rename(partial, home).catch((error: unknown) => {
      // Another lab built the same recipe meanwhile: its result is as good as ours.
      if (!existsSync(home)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return base;
}

/** When the image was made, as its package lists say. */
const imageDate = new Date('2024-01-01T00:00:00Z');

async function build(
  home: string,
  onProgress: (text: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const root = join(home, 'root');
  const repository = join(home, 'repository');
  await mkdir(repository, { recursive: true });
  const say = (line: string) => {
    if (line.startsWith('I: ')) onProgress(line.slice(3));
  };
  await run(isolated(bootstrap(root, repository)), { signal, onLine: say });
  onProgress('adding what makes it a Raspberry Pi OS');
  await run(
    inside(
      root,
      'dpkg-divert',
      '--local',
      '--rename',
      '--divert',
      divertedReboot,
      '--add',
      '/usr/sbin/reboot',
    ),
    { signal },
  );
  for (const file of baseFiles) await writeRootFile(root, file.path, file.content, file.mode);
  await mkdir(join(root, guest.hardware), { recursive: true });
  await mkdir(join(root, guest.firmware), { recursive: true });
  await mkdir(join(root, 'boot/firmware'), { recursive: true });
  await mkdir(join(root, 'var/log/journal'), { recursive: true });
  await symlink('firmware/config.txt', join(root, 'boot/config.txt'));
  await symlink('firmware/cmdline.txt', join(root, 'boot/cmdline.txt'));
  for (const each of await readdir(join(root, 'etc/ssh'))) {
    if (each.startsWith('ssh_host_')) await rm(join(root, 'etc/ssh', each));
  }
  await rm(join(root, 'var/lib/dbus/machine-id'), { force: true });
  await run(inside(root, 'useradd', '--create-home', '--shell=/bin/bash', '--groups=sudo', 'pi'), {
    signal,
  });
  for (const version of [notice.installed, notice.offered])
    await buildNotice(home, repository, version);
  const installed = `${notice.name}_${notice.installed}_all.deb`;
  await run(
    { command: 'dpkg', args: ['--root', root, '--install', join(repository, installed)] },
    { signal },
  );
  await run(inside(root, 'systemctl', 'enable', ...enabledUnits), { signal });
  await run(inside(root, 'systemctl', 'mask', ...maskedUnits), { signal });
  // Ansible's apt asks this folder's time whether the lists are fresh. An image's never are: it was
  // made long before its Pi is switched on.
  await utimes(join(root, 'var/lib/apt/lists'), imageDate, imageDate);
  onProgress('indexing the apt repository');
  await writeRepositoryIndex(repository, signal);
}

/** mmdebstrap, with the repository's packages downloaded (not installed) while apt can still reach its mirror. */
function bootstrap(root: string, repository: string): Command {
  const download = `chroot "$1" apt-get --yes --no-install-recommends --download-only install ${repositoryPackages.join(' ')}`;
  const collect = `cp "$1"/var/cache/apt/archives/*.deb ${repository}/`;
  return {
    command: 'mmdebstrap',
    args: [
      '--mode=root',
      '--variant=minbase',
      `--include=${basePackages.join(',')}`,
      `--customize-hook=${download}`,
      `--customize-hook=${collect}`,
      suite,
      root,
    ],
  };
}

/** In namespaces of its own: an interrupted build leaves neither mounts nor processes. */
function isolated(command: Command): Command {
  const own = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--'];
  return { ...command, command: 'unshare', args: [...own, command.command, ...command.args] };
}

function inside(root: string, command: string, ...args: string[]): Command {
  return isolated({ command: 'chroot', args: [root, command, ...args] });
}

async function buildNotice(home: string, repository: string, version: string): Promise<void> {
  const tree = join(home, `notice-${version}`);
  const control = `Package: ${notice.name}
Version: ${version}
Architecture: all
Maintainer: The lab <lab@example.invalid>
Section: misc
Priority: optional
Description: a package that the lab's repository has in a newer version
`;
  await writeRootFile(tree, '/DEBIAN/control', control, 0o644);
  await writeRootFile(tree, '/usr/share/rpi-lab-notice/version', `${version}\n`, 0o644);
  await run({
    command: 'dpkg-deb',
    args: [
      '--root-owner-group',
      '--build',
      tree,
      join(repository, `${notice.name}_${version}_all.deb`),
    ],
  });
  await rm(tree, { recursive: true });
}

async function writeRootFile(
  root: string,
  path: string,
  content: string,
  mode: number,
): Promise<void> {
  const target = join(root, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
  await chmod(target, mode);
}

/** Deletes builds whose builder died. */
async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const pid = /^base-[0-9a-f]+\.partial-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) {
      await rm(join(cache, name), { recursive: true, force: true });
    }
  }
}
