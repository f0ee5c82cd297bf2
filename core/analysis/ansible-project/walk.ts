/** The files of a project, listed a folder at a time so that nobody waits for it. */
import { join } from 'node:path';
import type { InventoryFiles } from '../../inventory/files.ts';

export type ProjectTree = {
  readonly root: string;
  /** Absolute paths of files. */
  readonly files: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
  /** Folders that were not looked into: nothing is known of what is in them. */
  readonly unread: ReadonlySet<string>;
};

/** Nothing of Ansible's is in these, or far too much that is not the project's own. */
const PASSED_OVER = new Set([
  'node_modules',
  '__pycache__',
  'venv',
  'env',
  'site-packages',
  'dist',
  'build',
]);
const HIDDEN_BUT_READ = new Set(['.vscode', '.github', '.gitlab']);

/** More than any project that is written by people. */
const MOST_FILES = 20_000;
const DEEPEST = 24;

/** `pause` is awaited between folders. Collections are listed by name only. */
export async function walkProject(
  root: string,
  { list }: Pick<InventoryFiles, 'list'>,
  pause: () => Promise<void>,
): Promise<ProjectTree> {
  const files = new Set<string>();
  const folders = new Set<string>([root]);
  const unread = new Set<string>();
  const waiting: { readonly path: string; readonly depth: number }[] = [{ path: root, depth: 0 }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { path, depth } = next;
    if (files.size > MOST_FILES || depth > DEEPEST) {
      unread.add(path);
      continue;
    }
    const entries = await list(path).catch(() => undefined);
    if (entries === undefined) {
      unread.add(path);
      continue;
    }
    for (const { name, isFolder } of entries) {
      const child = join(path, name);
      if (!isFolder) files.add(child);
      else {
        folders.add(child);
        if (isPassedOver(name) || /ansible_collections\/[^/]+\/[^/]+$/.test(child))
          unread.add(child);
        else waiting.push({ path: child, depth: depth + 1 });
      }
    }
    await pause();
  }
  return { root, files, folders, unread };
}

export function isPassedOver(name: string): boolean {
  return PASSED_OVER.has(name) || (name.startsWith('.') && !HIDDEN_BUT_READ.has(name));
}

/** Undefined where it is not known: outside of the project, or in a folder that was not read. */
export function existsIn(tree: ProjectTree, path: string): boolean | undefined {
  const clean = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  if (tree.files.has(clean) || tree.folders.has(clean)) return true;
  if (!clean.startsWith(`${tree.root}/`)) return undefined;
  for (const folder of tree.unread) if (clean.startsWith(`${folder}/`)) return undefined;
  return false;
}
