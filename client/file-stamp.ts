/** Whether files have changed, told by their times and sizes: for where watchers tell nothing. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of a folder that are looked at; a bigger one is told by its first ones alone. */
const MOST = 1000;

/** Differs when one of the paths, or a file right in one that is a folder, has changed. */
export async function stampOf(paths: readonly string[]): Promise<string> {
  const stamps = await Promise.all(
    paths.map(async (path) => {
      const own = await stampOfOne(path);
      const names = await readdir(path).catch(() => []);
      const inside = names
        .sort()
        .slice(0, MOST)
        .map((name) => stampOfOne(join(path, name)));
      return [own, ...(await Promise.all(inside))].join(' ');
    }),
  );
  return stamps.join('\n');
}

async function stampOfOne(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs}:${size}:${ino}`;
  } catch {
    return '-';
  }
}
