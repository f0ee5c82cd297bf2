/**
 * Snapshots: every machine's disk and boot partition as they are after a clean power-off, with the lab's
 * leases. Starting from one copies nothing: its folders become layers below new, empty upper ones.
 * A name points at a folder that never changes, so that saving a name anew harms no lab that runs on the old.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Base } from './base.ts';
import { copyTree, readDiskState, wipeDisk, writeDiskState } from './disk.ts';
import { LabError } from './errors.ts';
import type { LabDefinition } from './lab-file.ts';
import { machinePaths } from './paths.ts';
import type { LabPaths } from './paths.ts';
import { writeAtomically } from './state.ts';

/** The name of what every lab has without saving it: machines that were never booted. */
export const fresh = 'fresh';

const pointer = z.object({
  id: z.string(),
  base: z.string(),
  saved: z.string(),
  machines: z.record(
    z.string(),
    z.object({
      setup: z.string(),
      layers: z.array(z.string()),
      bootAt: z.enum(['/boot', '/boot/firmware']).default('/boot/firmware'),
    }),
  ),
});

type Pointer = z.output<typeof pointer>;

function pointerPath(lab: LabPaths, name: string): string {
  return join(lab.snapshots, `${name}.json`);
}

function checkName(name: string): void {
  if (/^[a-z][a-z0-9-]{0,40}$/.test(name)) return;
  throw new LabError(
    'bad-argument',
    `${name} can't name a snapshot.`,
    'Use lower-case letters, digits and hyphens, such as enrolled.',
  );
}

/** Saves every machine; they must be without power. Gives the names of those that a snapshot can't hold. */
export async function saveSnapshot(
  lab: LabPaths,
  definition: LabDefinition,
  base: Base,
  name: string,
): Promise<string[]> {
  checkName(name);
  if (name === fresh) {
    throw new LabError(
      'bad-argument',
      `${fresh} always is the state before the first boot and can't be saved.`,
      'Choose another name.',
    );
  }
  const id = randomBytes(6).toString('hex');
  const partial = join(lab.snapshots, 'store', `${id}.partial`);
  const complete = join(lab.snapshots, 'store', id);
  const saved: Pointer['machines'] = {};
  const left: string[] = [];
  await mkdir(partial, { recursive: true });
  try {
    for (const machine of definition.machines) {
      const paths = machinePaths(lab, machine.name);
      const state = await readDiskState(paths);
      // A disk of tmpfs is seen by the supervisor only; one never set up, or wiped by an installer that did
      // not finish, has no system to save.
      const unseen = machine.faults.includes('disk-full') || !existsSync(paths.upper);
      if (state === undefined || unseen || existsSync(join(paths.disk, 'wiped'))) {
        left.push(machine.name);
        continue;
      }
      await mkdir(join(partial, machine.name));
      await copyTree(paths.upper, join(partial, machine.name, 'upper'));
      await copyTree(paths.boot, join(partial, machine.name, 'boot'));
      const layers = [join(complete, machine.name, 'upper'), ...state.layers];
      saved[machine.name] = { setup: state.setup, layers, bootAt: state.bootAt };
    }
    if (existsSync(lab.leases)) await cp(lab.leases, join(partial, 'leases'));
    await rename(partial, complete);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  const value: Pointer = { id, base: base.key, saved: new Date().toISOString(), machines: saved };
  await writeAtomically(pointerPath(lab, name), `${JSON.stringify(value, null, 2)}\n`);
  return left;
}

/**
 * Makes the lab's disks begin from a snapshot. Machines that it doesn't hold begin anew.
 * @throws LabError `unknown-snapshot` when there is none of this name, or it was made on another base
 */
export async function restoreSnapshot(
  lab: LabPaths,
  definition: LabDefinition,
  base: Base,
  name: string,
): Promise<void> {
  if (name === fresh) {
    for (const machine of definition.machines) await wipeDisk(machinePaths(lab, machine.name));
    return;
  }
  const found = await readPointer(lab, name);
  if (found.base !== base.key) {
    throw new LabError(
      'unknown-snapshot',
      `The snapshot ${name} was made on another base root (${found.base}; now it is ${base.key}).`,
      `Make it anew: up --snapshot ${fresh}, then what belongs into it, then snapshot ${name}.`,
    );
  }
  const store = join(lab.snapshots, 'store', found.id);
  for (const machine of definition.machines) {
    const paths = machinePaths(lab, machine.name);
    await wipeDisk(paths);
    const saved = found.machines[machine.name];
    if (saved === undefined) continue;
    await mkdir(paths.dir, { recursive: true });
    await copyTree(join(store, machine.name, 'boot'), paths.boot);
    await writeDiskState(paths, { base: base.key, ...saved });
  }
  if (existsSync(join(store, 'leases'))) await cp(join(store, 'leases'), lab.leases);
}

/** The names that `up --snapshot` knows. */
export async function snapshotNames(lab: LabPaths): Promise<string[]> {
  const files = await readdir(lab.snapshots).catch(() => []);
  return [
    fresh,
    ...files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -5)),
  ];
}

/** Deletes saved folders that neither a name nor a disk refers to any more. Only while the lab is down. */
export async function removeUnusedSnapshots(lab: LabPaths): Promise<void> {
  const used = new Set<string>();
  for (const name of await snapshotNames(lab)) {
    if (name === fresh) continue;
    const found = await readPointer(lab, name).catch(() => undefined);
    // Nobody knows what an unreadable one refers to, so everything stays.
    if (found === undefined) return;
    for (const { layers } of Object.values(found.machines))
      for (const layer of layers) used.add(idOf(layer));
    used.add(found.id);
  }
  for (const name of await readdir(lab.machines).catch(() => [])) {
    const state = await readDiskState(machinePaths(lab, name));
    for (const layer of state?.layers ?? []) used.add(idOf(layer));
  }
  const store = join(lab.snapshots, 'store');
  for (const id of await readdir(store).catch(() => [])) {
    if (!used.has(id)) await rm(join(store, id), { recursive: true, force: true });
  }
}

/** …/store/ID/MACHINE/upper → ID */
function idOf(layer: string): string {
  return layer.split('/').at(-3) ?? '';
}

async function readPointer(lab: LabPaths, name: string): Promise<Pointer> {
  checkName(name);
  const text = await readFile(pointerPath(lab, name), 'utf8').catch(() => undefined);
  if (text !== undefined) {
    const parsed = pointer.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    throw new LabError(
      'unknown-snapshot',
      `The snapshot ${name} was saved by another version of the lab.`,
      `Delete ${pointerPath(lab, name)} and save it anew.`,
    );
  }
  throw new LabError(
    'unknown-snapshot',
    `There is no snapshot ${name}; there are: ${(await snapshotNames(lab)).join(', ')}.`,
    `Save one with: npm run lab -- snapshot ${name}`,
  );
}
