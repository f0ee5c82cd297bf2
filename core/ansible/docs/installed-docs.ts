/**
 * The documentation of the Ansible on this machine: `ansible-doc` is run once for each version of a
 * collection, in the background, and what it printed is kept in a cache. The names of all modules,
 * filters, tests and lookups are read at once, the options and words of a collection when its modules are met.
 */
import { setImmediate } from 'node:timers/promises';
import { runCommand, type Environment } from '../../command/run.ts';
import type { Project } from '../../project/project.ts';
import type { Cache } from './cache.ts';
import {
  collectionVersion,
  installationIn,
  namesBeside,
  type Installation,
} from './installation.ts';
import type { ModuleDocs, ModuleWords } from './module-docs.ts';
import { pack, unpackHead, unpackWords, type PackHead } from './pack.ts';
import type { InstalledCollection, InstalledNames, InstalledPlugins } from './with-installed.ts';

export type DocsContext = {
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly cache: Cache;
};

export type InstalledDocs = {
  /** Another one where another Ansible or other collections are installed. */
  readonly key: string;
  readonly names: InstalledNames;
  /** Of an installed collection; undefined for one that is not. */
  readonly collection: (name: string) => Promise<OpenCollection | undefined>;
};

export type OpenCollection = InstalledCollection & {
  /** Read from the disk at once. */
  readonly words: (module: string) => ModuleWords | undefined;
};

const BUILTIN = 'ansible.builtin';
/** Modules of one run of ansible-doc: what it prints of them takes some milliseconds to read. */
const AT_ONCE = 60;

/** Undefined where no Ansible is installed. Throws as findAnsible, and `run.cancelled`. */
export async function openInstalledDocs(
  folder: string,
  project: Pick<Project, 'root' | 'config'> | undefined,
  context: DocsContext,
): Promise<InstalledDocs | undefined> {
  const installation = await installationIn(folder, project, context);
  if (installation === undefined) return undefined;
  const key = keyOf(installation);
  const names = await namesOf(key, installation, folder, context);
  if (names === undefined) return undefined;
  return {
    key,
    names,
    collection: (name) => openCollection(name, names, installation, folder, context),
  };
}

function keyOf({ version, library, settings, collections }: Installation): string {
  const stamps = [...collections].map(([name, { stamp }]) => `${name} ${stamp}`);
  return ['names 2', version, library, settings, ...stamps].join('\n');
}

async function namesOf(
  key: string,
  { version, collections, program }: Installation,
  folder: string,
  { cache, ...context }: DocsContext,
): Promise<InstalledNames | undefined> {
  const kept = await cache.get(key);
  // Our own file; one that was damaged is no JSON.
  const known = parsed(kept?.toString('utf8')) as InstalledNames | undefined;
  if (known !== undefined) return known;
  const listed = await listOf('module', program, folder, context);
  if (listed.length === 0) return undefined;
  const isInstalled = (name: string): boolean => {
    const collection = collectionOf(name);
    return collection === BUILTIN || collections.has(collection);
  };
  const others: string[] = [];
  for (const each of collections.values()) others.push(...(await namesBeside(each)));
  const plugins = await pluginsOf(program, folder, context, isInstalled);
  const names = { version, modules: listed.filter(isInstalled), others, plugins };
  await cache.put(key, Buffer.from(JSON.stringify(names)));
  return names;
}

type Listed = 'module' | 'filter' | 'test' | 'lookup';

async function listOf(
  kind: Listed,
  program: string,
  folder: string,
  context: Omit<DocsContext, 'cache'>,
): Promise<readonly string[]> {
  const args = ['--list', '--json', '--type', kind];
  const command = { command: program, args, cwd: folder, env: QUIET };
  const { readNames } = await import('./read-docs.ts');
  return readNames((await runCommand(command, { ...context, guarded: true })).stdout);
}

/** Without those that Ansible can't list: before 2.14 it did not know filters and tests. */
async function pluginsOf(
  program: string,
  folder: string,
  context: Omit<DocsContext, 'cache'>,
  isInstalled: (name: string) => boolean,
): Promise<InstalledPlugins> {
  const list = async (kind: Listed): Promise<readonly string[]> => {
    try {
      return (await listOf(kind, program, folder, context)).filter(isInstalled);
    } catch (error) {
      if (context.signal.aborted) throw error;
      return [];
    }
  };
  const filters = await list('filter');
  const tests = await list('test');
  return { filters, tests, lookups: await list('lookup') };
}

async function openCollection(
  name: string,
  names: InstalledNames,
  installation: Installation,
  folder: string,
  context: DocsContext,
): Promise<OpenCollection | undefined> {
  const { version: core, library, collections } = installation;
  const installed = collections.get(name);
  if (installed === undefined && name !== BUILTIN) return undefined;
  const where =
    installed === undefined ? [library] : [installed.name, installed.folder, installed.stamp];
  const key = ['docs 1', core, ...where].join('\n');
  const { cache } = context;
  const kept = await cache.get(key);
  const known = kept === undefined ? undefined : await unpackHead(kept).catch(() => undefined);
  if (known !== undefined) return opened(known, key, cache);
  const version = installed === undefined ? core : await collectionVersion(installed.folder);
  const modules = names.modules.filter((module) => collectionOf(module) === name);
  const file = await pack(
    { name, version },
    readDocs(installation.program, modules, folder, context),
  );
  const head = await unpackHead(file);
  if (head === undefined) return undefined;
  await cache.put(key, file);
  return opened(head, key, cache);
}

function opened(head: PackHead, key: string, cache: Cache): OpenCollection {
  const { name, version, modules, words } = head;
  return {
    name,
    version,
    modules,
    words: (module) => {
      const [offset, length] = words[module] ?? [];
      if (offset === undefined || length === undefined) return undefined;
      const bytes = cache.part(key, offset, length);
      try {
        return bytes === undefined ? undefined : unpackWords(bytes);
      } catch {
        // Another editor wrote it anew meanwhile: it is right the next time.
        return undefined;
      }
    },
  };
}

async function* readDocs(
  program: string,
  modules: readonly string[],
  folder: string,
  { env, signal }: DocsContext,
): AsyncGenerator<readonly [string, ModuleDocs]> {
  const { readModule, readPrinted } = await import('./read-docs.ts');
  for (let at = 0; at < modules.length; at += AT_ONCE) {
    const some = modules.slice(at, at + AT_ONCE);
    const args = ['--json', '--type', 'module', ...some];
    const command = { command: program, args, cwd: folder, env: QUIET };
    for (const [name, printed] of readPrinted(
      (await runCommand(command, { env, signal, guarded: true })).stdout,
    )) {
      const docs = readModule(printed);
      if (docs !== undefined) yield [name, docs];
      // Somebody may be typing.
      await setImmediate();
    }
  }
}

/** What it prints is read by a program. */
const QUIET = { ANSIBLE_NOCOLOR: '1', ANSIBLE_DEPRECATION_WARNINGS: '0', PAGER: 'cat' };

function collectionOf(module: string): string {
  return module.split('.', 2).join('.');
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
