/**
 * A machine's disk: an overlay of its own upper folder over the base, with the upper folders of snapshots
 * in between; and a folder as its boot partition.
 */
import { createHash } from 'node:crypto';
import { chmod, chown, cp, lstat, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Base } from './base.ts';
import { bootFiles } from './base-content.ts';
import { attempt, run } from './command.ts';
import { isSystemError } from './errors.ts';
import type { LabDefinition, MachineDefinition } from './lab-file.ts';
import { machinePaths } from './paths.ts';
import type { LabPaths, MachinePaths } from './paths.ts';
import { writeAtomically } from './state.ts';

const diskState = z.object({
  /** The base that the upper folder was written over; it fits no other. */
  base: z.string(),
  /** What the system was set up for. */
  setup: z.string(),
  /** Snapshot folders below the upper one, uppermost first. */
  layers: z.array(z.string()),
  /** Where the boot partition is mounted: the network installer's systems have it where it was before bookworm. */
  bootAt: z.enum(['/boot/firmware', '/boot']).default('/boot/firmware'),
});

export type DiskState = z.input<typeof diskState>;

/** What, when it changes in the lab file, makes a new system necessary. */
export function setupOf(definition: MachineDefinition): string {
  const { name, kind, login, banner, faults } = definition;
  const text = JSON.stringify([name, kind, login, banner, faults]);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

export async function readDiskState(
  paths: MachinePaths,
): Promise<z.output<typeof diskState> | undefined> {
  try {
    return diskState.parse(JSON.parse(await readFile(paths.state, 'utf8')));
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

export async function writeDiskState(paths: MachinePaths, state: DiskState): Promise<void> {
  await mkdir(paths.dir, { recursive: true });
  await writeAtomically(paths.state, `${JSON.stringify(state)}\n`);
}

/** Empties a disk and its boot partition. */
export async function wipeDisk(paths: MachinePaths): Promise<void> {
  for (const path of [paths.state, paths.disk, paths.boot])
    await rm(path, { recursive: true, force: true });
}

/** What the network installer left on a disk: nothing, a half-installed system, or a whole one. */
export async function settleInstallation(
  paths: MachinePaths,
  base: Base,
  definition: MachineDefinition,
): Promise<'none' | 'wiped'> {
  const marks: string[] = await readdir(paths.disk).catch(() => []);
  if (marks.includes('wiped')) return 'wiped';
  if (marks.includes('installed')) {
    const state = {
      base: base.key,
      setup: setupOf(definition),
      layers: [],
      bootAt: '/boot' as const,
    };
    await writeDiskState(paths, state);
    await rm(join(paths.disk, 'installed'));
  }
  return 'none';
}

/** Gives a `disk-full` machine its small disk, which forgets everything at `down`. */
export async function mountSmallDisk(paths: MachinePaths): Promise<void> {
  await mkdir(paths.disk, { recursive: true });
  await run({
    command: 'mount',
    args: ['-t', 'tmpfs', '-o', 'size=96m,mode=0755', 'rpi-lab', paths.disk],
  });
}

/** Mounts a disk at the machine's `root`. */
export async function mountDisk(
  paths: MachinePaths,
  base: Base,
  layers: readonly string[],
): Promise<void> {
  for (const path of [paths.upper, paths.work, paths.root, paths.boot, paths.firmware]) {
    await mkdir(path, { recursive: true });
  }
  const lower = [...layers, base.root].join(':');
  // Said outright, because distributions differ in their defaults and snapshots move between folders.
  const fixed = 'index=off,metacopy=off,redirect_dir=off,xino=off';
  const options = `lowerdir=${lower},upperdir=${paths.upper},workdir=${paths.work},${fixed}`;
  await run({ command: 'mount', args: ['-t', 'overlay', '-o', options, 'overlay', paths.root] });
}

export async function unmountDisk(paths: MachinePaths): Promise<void> {
  await attempt({ command: 'umount', args: ['--recursive', paths.root] });
}

/**
 * Prepares, before the supervisor starts, every disk that can't be used as it is: written over another
 * base, or for another setup. Gives the names of the machines that begin anew.
 */
export async function prepareDisks(
  lab: LabPaths,
  definition: LabDefinition,
  base: Base,
): Promise<string[]> {
  const renewed: string[] = [];
  for (const machine of definition.machines) {
    const paths = machinePaths(lab, machine.name);
    const state = await readDiskState(paths);
    const volatile = machine.faults.includes('disk-full');
    if (
      state !== undefined &&
      !volatile &&
      state.base === base.key &&
      state.setup === setupOf(machine)
    ) {
      continue;
    }
    if (state !== undefined && !volatile) renewed.push(machine.name);
    await wipeDisk(paths);
  }
  const wanted = new Set(definition.machines.map((machine) => machine.name));
  for (const name of await readdir(lab.machines).catch(() => [])) {
    if (!wanted.has(name)) await rm(join(lab.machines, name), { recursive: true, force: true });
  }
  return renewed;
}

/** Writes the boot partition of a new card. */
export async function writeBootPartition(boot: string): Promise<void> {
  await mkdir(boot, { recursive: true });
  for (const file of bootFiles) {
    await writeFile(join(boot, file.path), file.content);
    await chmod(join(boot, file.path), file.mode);
  }
}

/** Copies a folder with owners, special files and extended attributes; shares blocks where the disk can. */
export async function copyTree(from: string, to: string): Promise<void> {
  await run({
    command: 'cp',
    args: ['--archive', '--reflink=auto', '--no-target-directory', from, to],
  });
}

/** Makes a file in a mounted root, owned and permitted as given, its folders made as root's. */
export async function putFile(
  root: string,
  path: string,
  content: string | { from: string },
  mode: number,
  owner: { uid: number; gid: number } = { uid: 0, gid: 0 },
): Promise<void> {
  const target = join(root, path);
  await mkdir(join(target, '..'), { recursive: true });
  // A link planted at the target would lead out of the machine's root.
  const existing = await lstat(target).catch(() => undefined);
  if (existing?.isSymbolicLink() === true) await rm(target);
  if (typeof content === 'string') await writeFile(target, content);
  else await cp(content.from, target);
  await chown(target, owner.uid, owner.gid);
  await chmod(target, mode);
}
