/** Where the lab keeps its files. */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { LabError } from './errors.ts';

const checkout = resolve(import.meta.dirname, '..');

export type LabPaths = {
  /** The lab's own folder: machines, snapshots, keys, logs. */
  dir: string;
  /** Short name that is unique to `dir`: of the control groups. */
  id: string;
  record: string;
  lock: string;
  /** The control groups that a lab made, for whoever has to remove them after a kill. */
  cgroups: string;
  definition: string;
  machines: string;
  snapshots: string;
  keys: string;
  leases: string;
  /** What the apt cache on the bridge keeps. */
  packages: string;
  logs: string;
};

/** Base roots and apt repositories, shared by every lab of this checkout; RPI_LAB_CACHE overrides. */
export function cacheDirectory(): string {
  return resolve(process.env['RPI_LAB_CACHE'] ?? join(checkout, '.cache', 'lab'));
}

/**
 * The paths of one lab: of `dir`, else of RPI_LAB_DIR, else of the checkout's own.
 * @throws LabError `bad-directory` for a folder whose name mount options can't carry.
 */
export function labPaths(dir?: string): LabPaths {
  const folder = resolve(
    dir ?? process.env['RPI_LAB_DIR'] ?? join(checkout, '.cache', 'lab', 'default'),
  );
  for (const path of [folder, cacheDirectory()]) {
    if (/[:,\\"\s]/.test(path)) {
      throw new LabError(
        'bad-directory',
        `The lab can't use the folder ${path}: its name has a colon, comma, quote, backslash or space, which overlay mounts can't carry.`,
        'Set RPI_LAB_DIR and RPI_LAB_CACHE to folders with plain names.',
      );
    }
  }
  return {
    dir: folder,
    id: `rpilab-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`,
    record: join(folder, 'supervisor.json'),
    lock: join(folder, 'up.lock'),
    cgroups: join(folder, 'cgroups.json'),
    definition: join(folder, 'lab.json'),
    machines: join(folder, 'machines'),
    snapshots: join(folder, 'snapshots'),
    keys: join(folder, 'keys'),
    leases: join(folder, 'leases'),
    packages: join(folder, 'packages'),
    logs: join(folder, 'logs'),
  };
}

export type MachinePaths = {
  dir: string;
  /** What the overlay's layers are and who they are for: see disk.ts. */
  state: string;
  /** The disk itself: the overlay's own folders, and the installer's marks. */
  disk: string;
  upper: string;
  work: string;
  root: string;
  boot: string;
  hardware: string;
  firmware: string;
  console: string;
};

export function machinePaths(lab: LabPaths, name: string): MachinePaths {
  const dir = join(lab.machines, name);
  return {
    dir,
    state: join(dir, 'disk.json'),
    disk: join(dir, 'disk'),
    upper: join(dir, 'disk', 'upper'),
    work: join(dir, 'disk', 'work'),
    root: join(dir, 'root'),
    boot: join(dir, 'boot'),
    hardware: join(dir, 'hardware'),
    firmware: join(dir, 'firmware'),
    console: join(lab.logs, `${name}.console.log`),
  };
}
