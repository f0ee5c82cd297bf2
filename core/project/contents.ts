/** What a project is made of, for people: its parts, which exist, and what is missing in them. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { Environment } from '../command/run.ts';
import { isWithin } from '../files/within.ts';
import { STAGES, type Stage } from '../init/ansible-layout.ts';
import { missingFiles, type MissingFile } from '../init/missing.ts';
import { resource } from '../resources.ts';
import type { Project } from './project.ts';

export type PartName =
  | 'config'
  | 'inventory'
  | 'main'
  | 'playbooks'
  | 'roles'
  | 'vars'
  | 'templates'
  | 'files'
  | 'create';

export type ProjectPart = {
  /** Undefined for what stands below a part. */
  readonly part: PartName | undefined;
  readonly label: string;
  /** Absolute. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly exists: boolean;
  /** What it is for, in a few words; undefined for files of a person's own. */
  readonly purpose: string | undefined;
  /** What `rpi init --missing` would make here; with `--only` their paths, these alone. */
  readonly missing: readonly MissingFile[];
  /** One level; listFolder gives the ones below. */
  readonly children: readonly ProjectPart[];
};

export type ContentsOptions = {
  /** The folder of the built-in templates. */
  readonly templates?: string;
  readonly env?: Environment;
};

/** The parts in the order in which a person meets them. Throws `file.not-readable`. */
export async function projectContents(
  project: Project,
  { templates = resource('templates'), env = process.env }: ContentsOptions = {},
): Promise<ProjectPart[]> {
  const missing = (await missingFiles(project, templates, env)).filter(({ expected }) => expected);
  const { root } = project;
  const at = (path: string): string => (isAbsolute(path) ? path : join(root, path));
  const file = (part: PartName, path: string, purpose: string): Promise<ProjectPart> =>
    describe(root, missing, { part, path: at(path), kind: 'file', purpose });
  const folder = (part: PartName, purpose: string): Promise<ProjectPart> =>
    describe(root, missing, { part, path: join(root, part), kind: 'folder', purpose });
  return Promise.all([
    file('config', 'rpi.yml', 'the settings of this project'),
    inventoryPart(project, missing),
    file('main', 'main.yml', 'every stage, for plain ansible-playbook'),
    playbooksPart(project, missing),
    folder('roles', 'what playbooks are made of'),
    folder('vars', 'variables of the playbooks'),
    folder('templates', 'files with variables in them'),
    folder('files', 'files that are copied as they are'),
    createPart(project, missing),
  ]);
}

/** The entries of a folder as parts, folders first; those that begin with a dot are left out. */
export async function listFolder(path: string): Promise<ProjectPart[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter(({ name }) => !name.startsWith('.'))
    .sort(
      (a, b) =>
        Number(b.isDirectory()) - Number(a.isDirectory()) || a.name.localeCompare(b.name, 'en'),
    )
    .map((entry) => ({
      part: undefined,
      label: entry.name,
      path: join(path, entry.name),
      kind: entry.isDirectory() ? ('folder' as const) : ('file' as const),
      exists: true,
      purpose: undefined,
      missing: [],
      children: [],
    }));
}

type Described = Pick<ProjectPart, 'part' | 'path' | 'kind' | 'purpose'> & {
  /** The folder of the part that it stands below. */
  readonly below?: string;
};

async function describe(
  root: string,
  missing: readonly MissingFile[],
  { below, ...described }: Described,
): Promise<ProjectPart> {
  const { path, kind } = described;
  const found = await stat(path).catch(() => undefined);
  const isFolder = found?.isDirectory() === true;
  return {
    ...described,
    label: labelOf(root, below, path),
    kind: found === undefined ? kind : isFolder ? 'folder' : 'file',
    exists: found !== undefined,
    missing: missing.filter((file) => isWithin(path, join(root, file.path))),
    children: isFolder ? await listFolder(path) : [],
  };
}

/** The inventory with what stands beside it: group_vars, host_vars, other files. */
async function inventoryPart(
  project: Project,
  missing: readonly MissingFile[],
): Promise<ProjectPart> {
  const { root, inventory } = project;
  const part = await describe(root, missing, {
    part: 'inventory',
    path: inventory,
    kind: 'file',
    purpose: 'the Pis and their groups',
  });
  const beside = dirname(inventory);
  // Beside an inventory at the root stands the whole project.
  if (part.kind === 'folder' || beside === root || !isWithin(root, beside)) return part;
  const others = (await listFolder(beside)).filter(({ path }) => path !== inventory);
  return { ...part, children: others };
}

const STAGE_PURPOSES: Readonly<Record<Stage, string>> = {
  upgrade: 'updates and upgrades',
  provision: 'provisions',
  verify_environment: 'verifies the environment',
  deploy: 'deploys',
  verify_deployment: 'verifies the deployment',
};

/** The playbooks of the stages, wherever they are, and then the others of the folder. */
async function playbooksPart(
  project: Project,
  missing: readonly MissingFile[],
): Promise<ProjectPart> {
  const { root, config } = project;
  const folder = await describe(root, missing, {
    part: 'playbooks',
    path: join(root, 'playbooks'),
    kind: 'folder',
    purpose: 'what is done, stage by stage',
  });
  const stages = await Promise.all(
    STAGES.flatMap((stage) => {
      const setting = config.ansible[stage];
      if (setting === null) return [];
      const path = isAbsolute(setting) ? setting : join(root, setting);
      const purpose = STAGE_PURPOSES[stage];
      const below = folder.path;
      return [describe(root, missing, { part: undefined, path, kind: 'file', purpose, below })];
    }),
  );
  const own = new Set(stages.map(({ path }) => path));
  const files = new Set(stages.flatMap((stage) => stage.missing));
  return {
    ...folder,
    exists: folder.exists || stages.some(({ exists }) => exists),
    missing: [...new Set([...folder.missing, ...files])],
    children: [...stages, ...folder.children.filter(({ path }) => !own.has(path))],
  };
}

async function createPart(project: Project, missing: readonly MissingFile[]): Promise<ProjectPart> {
  const { root, config } = project;
  const at = (path: string): string => (isAbsolute(path) ? path : join(root, path));
  const folder = await describe(root, missing, {
    part: 'create',
    path: join(root, 'create'),
    kind: 'folder',
    purpose: 'what is installed on a Pi',
  });
  const named = await Promise.all([
    describe(root, missing, {
      part: undefined,
      path: at(config.create.config),
      kind: 'file',
      purpose: 'the installer’s settings',
      below: folder.path,
    }),
    describe(root, missing, {
      part: undefined,
      path: at(config.create.post_install),
      kind: 'file',
      purpose: 'runs at the end of an installation',
      below: folder.path,
    }),
  ]);
  const own = new Set(named.map(({ path }) => path));
  return {
    ...folder,
    exists: folder.exists || named.some(({ exists }) => exists),
    missing: [...new Set([...folder.missing, ...named.flatMap((part) => part.missing)])],
    children: [...named, ...folder.children.filter(({ path }) => !own.has(path))],
  };
}

/** Below the part it belongs to by its place there, else by its place in the project. */
function labelOf(root: string, part: string | undefined, path: string): string {
  const base = [part, root].find(
    (folder) => folder !== undefined && folder !== path && isWithin(folder, path),
  );
  return base === undefined ? basename(path) : relative(base, path).split(sep).join('/');
}
