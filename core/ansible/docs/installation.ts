/** What Ansible says of itself on this machine, and the collections that it finds. */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findExecutable, runCommand, type Environment } from '../../command/run.ts';
import type { Project } from '../../project/project.ts';
import { findAnsible } from '../find.ts';

export type InstalledAt = {
  /** As in `community.general`. */
  readonly name: string;
  readonly folder: string;
  /** Changes when it is installed anew. */
  readonly stamp: string;
};

export type Installation = {
  /** Absolute path of ansible-doc. */
  readonly program: string;
  readonly version: string;
  /** The Python package `ansible`. */
  readonly library: string;
  /** The ansible.cfg in force, with its text; '' where there is none. */
  readonly settings: string;
  /** By name; where one is installed twice, the one that Ansible takes. */
  readonly collections: ReadonlyMap<string, InstalledAt>;
};

/**
 * The Ansible that is used in the folder; undefined where there is none. Collections below the
 * folder are the project’s own and left out. Runs `ansible-playbook --version`; throws as findAnsible.
 */
export async function installationIn(
  folder: string,
  project: Pick<Project, 'root' | 'config'> | undefined,
  { env, signal }: { readonly env: Environment; readonly signal: AbortSignal },
): Promise<Installation | undefined> {
  const ansible = await findAnsible(project, env);
  if (ansible === undefined) return undefined;
  const program = await sibling(ansible.playbook, 'ansible-doc');
  if (program === undefined) return undefined;
  const command = { command: ansible.playbook, args: ['--version'], cwd: folder };
  const told = readVersion((await runCommand(command, { env, signal })).stdout);
  if (told === undefined) return undefined;
  const { version, library, settings, collectionPaths } = told;
  // Beside the package lie those of Debian’s and PyPI’s “ansible”.
  const roots = [...collectionPaths, dirname(library)].filter(
    (root) => root !== folder && !root.startsWith(`${folder}/`),
  );
  const collections = new Map<string, InstalledAt>();
  for (const root of roots) {
    for (const each of await collectionsIn(join(root, 'ansible_collections'))) {
      if (!collections.has(each.name)) collections.set(each.name, each);
    }
  }
  const text = settings === undefined ? '' : await readFile(settings, 'utf8').catch(() => '');
  return { program, version, library, settings: `${settings ?? ''}\n${text}`, collections };
}

export type ToldVersion = {
  readonly version: string;
  readonly library: string;
  readonly settings: string | undefined;
  readonly collectionPaths: readonly string[];
};

/** What `ansible-playbook --version` prints. */
export function readVersion(output: string): ToldVersion | undefined {
  const value = (name: string): string | undefined =>
    new RegExp(`^  ${name} = (.+)$`, 'm').exec(output)?.[1]?.trim();
  const version = /^ansible-playbook \[core (\d[^\]]*)\]/m.exec(output)?.[1]?.trim();
  const library = value('ansible python module location');
  if (version === undefined || library === undefined) return undefined;
  const settings = value('config file');
  return {
    version,
    library,
    settings: settings === 'None' ? undefined : settings,
    collectionPaths: (value('ansible collection location') ?? '')
      .split(':')
      .filter((path) => path.startsWith('/')),
  };
}

/** A program beside another one, or beside what that is a link to. */
export async function sibling(path: string, name: string): Promise<string | undefined> {
  const target = await realpath(path).catch(() => path);
  for (const folder of [dirname(path), dirname(target)]) {
    const found = await findExecutable(join(folder, name), {});
    if (found !== undefined) return found;
  }
  return undefined;
}

async function collectionsIn(root: string): Promise<InstalledAt[]> {
  const found: InstalledAt[] = [];
  for (const namespace of await foldersIn(root)) {
    for (const name of await foldersIn(join(root, namespace))) {
      const folder = join(root, namespace, name);
      const stamp = await stampOf(folder);
      if (stamp !== undefined) found.push({ name: `${namespace}.${name}`, folder, stamp });
    }
  }
  return found;
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((each) => (each.isDirectory() || each.isSymbolicLink()) && /^\w+$/.test(each.name))
    .map(({ name }) => name)
    .sort();
}

async function stampOf(folder: string): Promise<string | undefined> {
  for (const name of ['MANIFEST.json', 'galaxy.yml']) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found !== undefined) return `${found.mtimeMs} ${found.size}`;
  }
  return undefined;
}

/** Of its MANIFEST.json. */
export async function collectionVersion(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'MANIFEST.json'), 'utf8').catch(() => '');
  return /"version"\s*:\s*"(\d[^"]*)"/.exec(text)?.[1];
}

/** Names that a collection routes elsewhere, and those of its action plugins: they exist as well. */
export async function namesBeside({ name, folder }: InstalledAt): Promise<string[]> {
  const runtime = await readFile(join(folder, 'meta', 'runtime.yml'), 'utf8').catch(() => '');
  const actions = await readdir(join(folder, 'plugins', 'action')).catch(() => []);
  return [
    ...routedModules(runtime),
    ...actions.flatMap((file) => /^([a-z]\w*)\.py$/i.exec(file)?.[1] ?? []),
  ].map((each) => `${name}.${each}`);
}

/** The keys below `plugin_routing: modules:` (and `action:`), by lines: such files are long and plain. */
export function routedModules(runtime: string): string[] {
  const names: string[] = [];
  let path: { readonly indent: number; readonly key: string }[] = [];
  for (const line of runtime.split('\n')) {
    const [, spaces = '', key] = /^( *)['"]?([\w.]+)['"]?:/.exec(line) ?? [];
    if (key === undefined) continue;
    path = path.filter(({ indent }) => indent < spaces.length);
    const [top, kind] = path;
    const isRoute =
      path.length === 2 &&
      top?.key === 'plugin_routing' &&
      (kind?.key === 'modules' || kind?.key === 'action');
    if (isRoute) names.push(key);
    path.push({ indent: spaces.length, key });
  }
  return names;
}
