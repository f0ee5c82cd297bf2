/**
 * Control groups. Each machine's systemd needs a group of its own in every hierarchy that systemd uses:
 * `name=systemd` and `unified` on a v1 or hybrid host, the one hierarchy on a v2 host.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The lab's group in each hierarchy, under the group that the calling process is in. */
export function labCgroups(id: string): string[] {
  const own = readFileSync('/proc/self/cgroup', 'utf8');
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
  return cgroupsIn(own, mounts).map((group) => join(group, id));
}

/**
 * Full paths of the calling process's groups in the hierarchies that systemd uses.
 * @param own /proc/self/cgroup
 * @param mounts /proc/self/mountinfo
 */
export function cgroupsIn(own: string, mounts: string): string[] {
  const paths = new Map<string, string>();
  for (const line of own.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers !== undefined && path !== undefined) paths.set(controllers, path);
  }
  const groups: string[] = [];
  for (const line of mounts.split('\n')) {
    const [before, after] = line.split(' - ');
    const [, , , root, point] = before?.split(' ') ?? [];
    const [type, , options] = after?.split(' ') ?? [];
    if (root === undefined || point === undefined) continue;
    const named = type === 'cgroup' && (options ?? '').split(',').includes('name=systemd');
    const path = type === 'cgroup2' ? paths.get('') : named ? paths.get('name=systemd') : undefined;
    if (path === undefined) continue;
    // In a container, the mount shows a part of the hierarchy only: the path is relative to its root.
    const partial = root !== '/' && `${path}/`.startsWith(`${root}/`);
    const relative = partial ? path.slice(root.length) : path;
    groups.push(relative === '/' ? point : join(point, relative));
  }
  return [...new Set(groups)];
}

/** Makes a machine's groups and gives the files that take a pid into them. */
export async function makeMachineCgroups(
  groups: readonly string[],
  name: string,
): Promise<string[]> {
  const files: string[] = [];
  for (const group of groups) {
    const path = join(group, name);
    await mkdir(path, { recursive: true });
    files.push(join(path, 'cgroup.procs'));
  }
  return files;
}

/** Removes groups with everything below; groups that still hold a process are left. True when all are gone. */
export async function removeCgroups(groups: readonly string[]): Promise<boolean> {
  for (const group of groups) await removeTree(group);
  return groups.every((group) => !existsSync(group));
}

async function removeTree(group: string): Promise<void> {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isDirectory()) await removeTree(join(group, entry.name));
  }
  await rmdir(group).catch(() => undefined);
}
