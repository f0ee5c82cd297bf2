/** The person's own files for the new system, beside installer-config.txt: copied, or EJS where they chose so. */
import { readdir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { RpiError, systemCode } from '../errors.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { Project } from '../project/project.ts';
import { readText, renderTemplate } from './base.ts';
import type { RenderedFile } from './host-files.ts';

export type OwnFile = {
  /** On the medium, as in `config/files/root/etc/motd`. */
  readonly path: string;
  /** Throws `create.invalid-template`. */
  readonly forHost: (host: InventoryHost) => Promise<string>;
};

/** What the installer looks for beside its settings: folders with all below them, and one file. */
const FOLDERS = ['files', 'apt', 'boot'];
const FILES = ['wpa_supplicant.conf'];

/** Bytes of one file: it goes through the boot partition, and through the Pi’s memory. */
const LARGEST = 8 * 1024 * 1024;
const MOST = 2000;

/**
 * Reads `files/**`, `apt/**`, `boot/**` and wpa_supplicant.conf from the folder of create.config.
 * None where that is the project's root, whose `files/` is Ansible's. Throws
 * `create.invalid-config` for what the boot partition can't hold, `file.not-readable`.
 */
export async function readOwnFiles({
  root,
  config,
}: Pick<Project, 'root' | 'config'>): Promise<OwnFile[]> {
  const base = config.create.config;
  const folder = dirname(isAbsolute(base) ? base : join(root, base));
  if (relative(root, folder) === '') return [];
  const found = await Promise.all([
    ...FOLDERS.map((name) => filesBelow(join(folder, name))),
    ...FILES.flatMap((name) => [present(join(folder, name)), present(join(folder, `${name}.ejs`))]),
  ]);
  const sources = found.flat().sort();
  if (sources.length > MOST) throw unfit(folder, `more than ${MOST} files`);
  const files = await Promise.all(sources.map((source) => readOwn(folder, source)));
  const seen = new Map<string, string>();
  for (const { path } of files) {
    const twin = seen.get(path.toLowerCase());
    if (twin !== undefined) throw unfit(path, `on FAT it is the same name as ${twin}`);
    seen.set(path.toLowerCase(), path);
  }
  return files;
}

/** With what rpi makes. Throws `create.invalid-config` where both have a file of one name. */
export async function withOwnFiles(
  made: readonly RenderedFile[],
  own: readonly OwnFile[],
  host: InventoryHost,
): Promise<RenderedFile[]> {
  const taken = new Set(made.map(({ path }) => path.toLowerCase()));
  const files: RenderedFile[] = [...made];
  for (const { path, forHost } of own) {
    if (taken.has(path.toLowerCase())) throw unfit(path, `rpi writes it itself for ${host.name}`);
    files.push({ path, content: await forHost(host) });
  }
  return files;
}

async function readOwn(folder: string, source: string): Promise<OwnFile> {
  const name = relative(folder, source).split(sep).join('/');
  const isTemplate = name.endsWith('.ejs');
  const path = `config/${isTemplate ? name.slice(0, -'.ejs'.length) : name}`;
  const bad = /[\\:*?"<>|]|[\u0000-\u001f]|[. ](?:\/|$)/.exec(path);
  if (bad !== null) throw unfit(source, 'FAT has no such names');
  const { size } = await stat(source);
  if (size > LARGEST) throw unfit(source, `it has more than ${LARGEST / 1024 / 1024} MiB`);
  const text = await readText(
    source,
    'Only text is copied: fetch what is binary in post-install.txt, or put it into a package.',
  );
  if (text === undefined) throw unfit(source, 'it is gone');
  if (text.includes('\0')) throw unfit(source, 'it is binary, and only text is copied');
  return {
    path,
    forHost: (host) => (isTemplate ? renderTemplate(text, name, host) : Promise.resolve(text)),
  };
}

async function filesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && !isLeftover(entry.name))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new RpiError('file.not-readable', `Can't read ${folder}.`, {
      remedy: 'Check that it is a folder and that you may read it.',
      cause: error,
    });
  }
}

/** What editors and version control leave in folders. */
function isLeftover(name: string): boolean {
  return name.endsWith('~') || ['.gitkeep', '.gitignore', '.DS_Store'].includes(name);
}

async function present(file: string): Promise<string[]> {
  return stat(file).then(
    (found) => (found.isFile() ? [file] : []),
    () => [],
  );
}

function unfit(path: string, why: string): RpiError {
  return new RpiError('create.invalid-config', `${path} can’t go to the medium: ${why}.`, {
    remedy: 'Rename it, or take it out of the folder of your installer-config.txt.',
  });
}
