/** The files of an inventory as they are on the disk, or as they would be after an edit. */
import { access, constants, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RpiError, systemCode } from '../errors.ts';
import { invalidInventory } from './fault.ts';

export type FolderEntry = { readonly name: string; readonly isFolder: boolean };

export type InventoryFiles = {
  /** The text, byte order mark included; undefined where there is no such file. */
  readonly read: (path: string) => Promise<string | undefined>;
  /** The entries sorted by name; undefined where there is no such folder. */
  readonly list: (folder: string) => Promise<readonly FolderEntry[] | undefined>;
  readonly isExecutable: (path: string) => Promise<boolean>;
};

/** What is on the disk. `read` throws `inventory.invalid` for a file that is not UTF-8. */
export const filesOnDisk: InventoryFiles = {
  read: async (path) => {
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw readError(path, error);
    }
    return decode(path, bytes);
  },
  list: async (folder) => {
    try {
      const names = await readdir(folder);
      const entries = await Promise.all(
        names.map(async (name) => ({ name, isFolder: await isFolder(join(folder, name)) })),
      );
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw readError(folder, error);
    }
  },
  isExecutable: async (path) => {
    try {
      await access(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  },
};

/** `files` as they are when they are first asked for: whoever types meanwhile changes nothing. */
export function frozen(files: InventoryFiles): InventoryFiles {
  const texts = new Map<string, Promise<string | undefined>>();
  return {
    ...files,
    read: (path) => {
      const text = texts.get(path) ?? files.read(path);
      texts.set(path, text);
      return text;
    },
  };
}

/** `files` with the text of some replaced, and those that are new. */
export function withTexts(
  files: InventoryFiles,
  texts: ReadonlyMap<string, string>,
): InventoryFiles {
  return {
    ...files,
    read: async (path) => texts.get(path) ?? (await files.read(path)),
    list: async (folder) => {
      const entries = await files.list(folder);
      if (entries === undefined) return undefined;
      const there = new Set(entries.map(({ name }) => name));
      const added = [...texts.keys()]
        .filter((path) => dirname(path) === folder && !there.has(basename(path)))
        .map((path) => ({ name: basename(path), isFolder: false }));
      return [...entries, ...added].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalidInventory(path, [{ message: 'this file is not UTF-8 text' }]);
  }
}

function isAbsent(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR';
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

function readError(path: string, error: unknown): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  return new RpiError('file.not-readable', `Can't read ${path} (${code}).`, {
    remedy: 'Check that you may read it.',
    cause: error,
    places: [{ path, message: `this can’t be read (${code})` }],
  });
}
