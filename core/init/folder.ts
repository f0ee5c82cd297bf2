/** Looks at the folder that is to become a project; writes nothing. */
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { RpiError, systemCode } from '../errors.ts';
import { readConfig, type Config } from '../project/config.ts';
import { ansibleLayout, type AnsibleLayout } from './ansible-layout.ts';

/** What the folder is before anything is done. */
export type Before = {
  /** The rpi.yml that is there already. */
  readonly config: Config | undefined;
  readonly layout: AnsibleLayout | undefined;
  /** True when anybody may write to the folder. */
  readonly worldWritable: boolean;
};

/** Looks at the folder. Throws `input.invalid` if it is a file, `config.invalid` for its rpi.yml. */
export async function inspectFolder(root: string): Promise<Before> {
  const mode = await stat(root).then(
    (found) => {
      if (!found.isDirectory()) throw notAFolder(root);
      return found.mode;
    },
    (error: unknown) => {
      if (systemCode(error) === 'ENOENT') return 0;
      if (systemCode(error) === 'ENOTDIR') throw notAFolder(root);
      throw error;
    },
  );
  const path = join(root, 'rpi.yml');
  const text = await readText(path);
  return {
    config: text === undefined ? undefined : readConfig(path, text),
    layout: ansibleLayout(await listFiles(root), await readText(join(root, 'ansible.cfg'))),
    worldWritable: (mode & 0o002) !== 0,
  };
}

function notAFolder(path: string): RpiError {
  return new RpiError('input.invalid', `${path} is not a folder.`, {
    remedy: 'Name a folder: rpi init FOLDER.',
  });
}

/** Folders that hold no files of a person's project, or far too many. */
const SKIPPED = new Set(['.git', '.rpi', '.venv', 'venv', 'node_modules', '.ansible']);
const DEPTH = 4;

/** The files below `root`, relative with `/`, not deeper than a customary layout goes. */
async function listFiles(root: string, below = '', depth = DEPTH): Promise<string[]> {
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch(() => []);
  const lists = await Promise.all(
    entries.map(async (entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (!entry.isDirectory()) return [path];
      if (depth === 1 || SKIPPED.has(entry.name)) return [];
      return await listFiles(root, path, depth - 1);
    }),
  );
  return lists.flat();
}

/** Those of `paths` (relative to `root`) that something has. */
export async function existingPaths(root: string, paths: readonly string[]): Promise<Set<string>> {
  const found = await Promise.all(
    paths.map(async (path) => ((await exists(join(root, ...path.split('/')))) ? [path] : [])),
  );
  return new Set(found.flat());
}

/** True for anything that has this path, a link to nowhere included. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return false;
    if (code === 'ENOTDIR') throw blocked(path);
    throw error;
  }
}

function blocked(path: string): RpiError {
  const folder = dirname(path).split(sep).at(-1) ?? '';
  return new RpiError('input.invalid', `Can't make ${path}: ${folder} is a file, not a folder.`, {
    remedy: 'Move that file away, or choose another folder. Nothing was written.',
  });
}

/** The text of a file, or undefined if there is none. Throws `file.not-readable`. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw new RpiError('file.not-readable', `Can't read ${path}.`, {
      remedy: 'Check that it is a file that you may read.',
      cause: error,
    });
  }
}
