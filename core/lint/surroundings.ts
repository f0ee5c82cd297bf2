/** What rules know of a file’s surroundings: the files beside it, the project, the inventory. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { FilesListProject } from '../analysis/files-list/items.ts';
import type { InstallerProject } from '../analysis/installer-config/project.ts';
import { RpiError } from '../errors.ts';
import { detectDialect } from '../formats/installer-config/dialect.ts';
import { namesAsOnline, saysItIsOnline } from '../formats/installer-config/online.ts';
import { parseInstallerConfig } from '../formats/installer-config/parse.ts';
import { settingsOf } from '../formats/installer-config/settings.ts';
import type { Project } from '../project/project.ts';
import { lintKindOf } from './kind.ts';

/** The same object does for every kind of file. */
export type Surroundings = InstallerProject & FilesListProject;

/** The text of a file that is open in an editor, saved or not. */
export type OpenText = (path: string) => string | undefined;

const CONFIG = 'installer-config.txt';

/** Folders are walked no further than this: a list of files, not a backup of them. */
const MOST_FILES = 20_000;

/**
 * Looks around the file at `path`. Nothing is started: inventories that are programs stay unread.
 * What can’t be read is unknown. `openText` goes before what is on the disk.
 */
export async function surroundingsOf(
  path: string,
  project: Project | undefined,
  openText: OpenText = () => undefined,
): Promise<Surroundings> {
  const absolute = resolve(path);
  const textOf = async (file: string): Promise<string | undefined> =>
    openText(file) ?? (await readFile(file, 'utf8').catch(() => undefined));
  const isFile = async (file: string): Promise<boolean> =>
    openText(file) !== undefined || (await isOnDisk(file));
  const isList = lintKindOf(absolute) === 'files-list';
  const folder = isList ? await folderOfList(absolute, isFile) : dirname(absolute);
  // The installer of 2015 has its configuration in the root, and other files in config/.
  const older = join(folder, 'config');
  const isOlder = basename(folder) !== 'config' && (await isFolder(older));
  const beside = isOlder ? older : folder;
  const files = await namesBelow(join(beside, 'files'));
  const postInstall = await textOf(join(folder, postInstallName(project, folder)));
  const config = await textOf(join(folder, CONFIG));
  const setting = project?.config.create.dialect;
  // A list has no line of its own to say it: it goes by the configuration beside it.
  const dialect = isList ? detectDialect(config ?? '', absolute, setting) : setting;
  const firstConfig = absolute === join(folder, CONFIG) ? undefined : (config ?? '');
  const isBase = project !== undefined && isBaseOf(project, absolute);
  return {
    ...(dialect === undefined ? {} : { dialect }),
    ...(firstConfig !== undefined && isOnlineBy(firstConfig, absolute) ? { isOnline: true } : {}),
    hasWpaSupplicant: await isFile(join(beside, 'wpa_supplicant.conf')),
    files: new Set(files?.map(({ name }) => name) ?? []),
    ...(await bootContent(folder)),
    ...(isBase ? { managesAccounts: true, ...(await hostsOf(project)) } : {}),
    scrubsPasswords: scrubs(postInstall ?? ''),
    postInstall: postInstall ?? '',
    users: usersOf(config ?? '', project, postInstall ?? ''),
  };
}

/** The folder of the configuration that a list belongs to: in the installer of 2015 one further up. */
async function folderOfList(
  path: string,
  isFile: (path: string) => Promise<boolean>,
): Promise<string> {
  const folder = dirname(dirname(path));
  const above = dirname(folder);
  return !(await isFile(join(folder, CONFIG))) && (await isFile(join(above, CONFIG)))
    ? above
    : folder;
}

/** Where the project’s own files stand, absolute. */
export function projectFiles({ root, config }: Project): { config: string; postInstall: string } {
  const at = (path: string): string => (isAbsolute(path) ? path : join(root, path));
  return { config: at(config.create.config), postInstall: at(config.create.post_install) };
}

function isBaseOf(project: Project, path: string): boolean {
  return projectFiles(project).config === path;
}

function postInstallName(project: Project | undefined, folder: string): string {
  const own = project === undefined ? undefined : projectFiles(project).postInstall;
  return own !== undefined && dirname(own) === folder ? basename(own) : 'post-install.txt';
}

async function hostsOf(project: Project): Promise<Pick<InstallerProject, 'hosts'>> {
  // With it comes a parser of YAML, which no other file of the installer's needs.
  const { loadInventory } = await import('../inventory/load.ts');
  try {
    const { hosts } = await loadInventory(project);
    return { hosts: hosts.map(({ name, model }) => ({ name, model })) };
  } catch (error) {
    // A faulty inventory is no fault of this file.
    if (RpiError.is(error)) return {};
    throw error;
  }
}

/**
 * The bytes of a whole medium, where the file lies on one: …/raspberrypi-ua-netinst/config/ with
 * the firmware two folders up.
 */
async function bootContent(folder: string): Promise<Pick<InstallerProject, 'bootBytes'>> {
  const root = dirname(dirname(folder));
  if (basename(dirname(folder)) !== 'raspberrypi-ua-netinst') return {};
  if (!(await isOnDisk(join(root, 'bootcode.bin')))) return {};
  const files = await namesBelow(root, true);
  return files === undefined ? {} : { bootBytes: files.reduce((sum, { size }) => sum + size, 0) };
}

/** Whether the first configuration beside the file downloads it, or its name says so. */
function isOnlineBy(firstConfig: string, path: string): boolean {
  const address = settingsOf(parseInstallerConfig(firstConfig)).values.get('online_config') ?? '';
  return namesAsOnline(address, path) || saysItIsOnline('', path);
}

/** Whether the script takes the passwords out of what stays on the boot partition. */
function scrubs(postInstall: string): boolean {
  return /^(?!\s*#).*\b(?:rm|sed|shred|mv|cp)\b.*installer-config\.txt/m.test(postInstall);
}

/** Users that the installation makes: the installer’s own, rpi’s, and those of post-install.txt. */
function usersOf(
  config: string,
  project: Project | undefined,
  postInstall: string,
): ReadonlySet<string> {
  const { values } = settingsOf(parseInstallerConfig(config));
  const groups = [values.get('usergroups'), values.get('usersysgroups')]
    .flatMap((list) => (list ?? '').split(/[\s,]+/))
    .filter(Boolean);
  const made = [...postInstall.matchAll(/\b(?:user|group)add\b.*?\s([a-z_][-a-z0-9_]*)\s*$/gm)];
  const added = [...postInstall.matchAll(/\badd(?:user|group)\b.*?\s([a-z_][-a-z0-9_]*)/g)];
  return new Set(
    [
      values.get('username'),
      ...groups,
      ...(project?.config.access.users.map(({ name }) => name) ?? []),
      // Whom rpi logs in as where the inventory does not say.
      ...(project === undefined ? [] : ['pi']),
      ...[...made, ...added].map((match) => match[1]),
    ].filter((name) => name !== undefined),
  );
}

/** The files below a folder with `/` between names; undefined where there is no such folder. */
async function namesBelow(
  folder: string,
  withSize = false,
): Promise<readonly { name: string; size: number }[] | undefined> {
  let entries;
  try {
    entries = await readdir(folder, { recursive: true, withFileTypes: true });
  } catch {
    return undefined;
  }
  return Promise.all(
    entries
      .filter((entry) => !entry.isDirectory())
      .slice(0, MOST_FILES)
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const size = withSize ? await sizeOf(path) : 0;
        return { name: relative(folder, path).split(sep).join('/'), size };
      }),
  );
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function isOnDisk(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
