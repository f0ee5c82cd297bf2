/** Collections that lie in the project (collections/ansible_collections): what they bring, by name. */
import { join } from 'node:path';
import type { ModuleFacts } from '../../data/ansible-facts.ts';
import type { InventoryFiles } from '../../inventory/files.ts';
import { moduleFactsOf } from './module-docs.ts';
import { pluginExports } from './plugin-exports.ts';
import type { PluginKind } from './plugin-exports.ts';
import { pluginNames } from './plugins.ts';
import type { ProjectTree } from './walk.ts';

/** By full name, as in `acme.greenhouse.pump`; the values are paths. */
export type LocalCollections = {
  readonly modules: ReadonlyMap<string, string>;
  /** Names that may be there, and those that certainly are. */
  readonly plugins: Readonly<Record<PluginKind, ReadonlyMap<string, string>>>;
  readonly exports: Readonly<Record<PluginKind, ReadonlyMap<string, string>>>;
  /** Folders. */
  readonly roles: ReadonlyMap<string, string>;
  /** Of modules whose options are documented. */
  readonly options: ReadonlyMap<string, ModuleFacts>;
};

export const NO_COLLECTIONS: LocalCollections = {
  modules: new Map(),
  plugins: { filter: new Map(), test: new Map(), lookup: new Map() },
  exports: { filter: new Map(), test: new Map(), lookup: new Map() },
  roles: new Map(),
  options: new Map(),
};

/** More files than people write: of an installed collection with more, names are enough. */
const MOST_READ = 200;

/** Texts that were read before with what they say: nothing new where nothing changed. */
export type DocumentedModules = Map<
  string,
  { readonly text: string; readonly facts: ModuleFacts | undefined }
>;

/** `hasOptions`: collections whose modules are known anyway. `pause` is awaited between files. */
export async function readCollections(
  { folders }: ProjectTree,
  { list, read }: Pick<InventoryFiles, 'list' | 'read'>,
  {
    hasOptions,
    documented,
    pause,
  }: {
    readonly hasOptions: (collection: string) => boolean;
    readonly documented: DocumentedModules;
    readonly pause: () => Promise<void>;
  },
): Promise<LocalCollections> {
  const modules = new Map<string, string>();
  const plugins = byKind();
  const exports = byKind();
  const roles = new Map<string, string>();
  const options = new Map<string, ModuleFacts>();
  let count = 0;

  const python = async function* (folder: string): AsyncGenerator<{ path: string; name: string }> {
    for (const { name, isFolder } of (await list(folder).catch(() => undefined)) ?? []) {
      if (!isFolder && name.endsWith('.py') && !name.startsWith('_')) {
        yield { path: join(folder, name), name: name.slice(0, -3) };
      }
    }
    await pause();
  };
  const textOf = async (path: string): Promise<string | undefined> => {
    await pause();
    return ++count > MOST_READ ? undefined : read(path).catch(() => undefined);
  };

  for (const folder of folders) {
    const [, namespace, name] = /\/ansible_collections\/([^/]+)\/([^/]+)$/.exec(folder) ?? [];
    if (namespace === undefined || name === undefined) continue;
    const collection = `${namespace}.${name}`;
    for await (const { path, name: module } of python(join(folder, 'plugins', 'modules'))) {
      const full = `${collection}.${module}`;
      modules.set(full, path);
      if (hasOptions(collection)) continue;
      const text = (await textOf(path)) ?? '';
      const before = documented.get(path);
      const facts = before?.text === text ? before.facts : moduleFactsOf(text);
      documented.set(path, { text, facts });
      if (facts !== undefined) options.set(full, facts);
    }
    for (const kind of ['filter', 'test', 'lookup'] as const) {
      for await (const { path, name: file } of python(join(folder, 'plugins', kind))) {
        const text = kind === 'lookup' ? '' : ((await textOf(path)) ?? '');
        const names = kind === 'lookup' ? [file] : pluginNames(path, text);
        for (const each of names) {
          const full = `${collection}.${each}`;
          if (!plugins[kind].has(full)) plugins[kind].set(full, path);
        }
        for (const each of pluginExports(kind, path, text)) {
          exports[kind].set(`${collection}.${each}`, path);
        }
      }
    }
    for (const entry of (await list(join(folder, 'roles')).catch(() => undefined)) ?? []) {
      if (entry.isFolder)
        roles.set(`${collection}.${entry.name}`, join(folder, 'roles', entry.name));
    }
  }
  return { modules, plugins, exports, roles, options };
}

function byKind(): Readonly<Record<PluginKind, Map<string, string>>> {
  return { filter: new Map(), test: new Map(), lookup: new Map() };
}
