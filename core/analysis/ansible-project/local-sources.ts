/** What a project brings itself, by the names that are written: modules, plugins, collections. */
import type { ModuleFacts } from '../../data/ansible-facts.ts';
import type { AnsibleCfg } from './ansible-cfg.ts';
import type { LocalCollections } from './local-collections.ts';
import type { PluginKind } from './plugin-exports.ts';
import { localModulesOf, type PluginFile } from './plugins.ts';
import type { LocalSources } from './project.ts';
import type { ProjectTree } from './walk.ts';

type Found = {
  readonly collections: LocalCollections;
  /** Files of plugins with the names they bring. */
  readonly kept: ReadonlyMap<string, { readonly plugin?: PluginFile }>;
  /** By path: what modules take. */
  readonly options: ReadonlyMap<string, ModuleFacts>;
  /** A module that the facts have. */
  readonly isKnown: (module: string) => boolean;
};

export type Local = {
  readonly local: LocalSources;
  readonly plugins: Readonly<Record<PluginKind, ReadonlySet<string>>>;
  readonly modules: ReadonlySet<string>;
  readonly moduleOptions: ReadonlyMap<string, ModuleFacts>;
};

export function localSources(
  tree: ProjectTree,
  cfg: AnsibleCfg,
  { collections, kept, options, isKnown }: Found,
): Local {
  const own = localModulesOf(tree, cfg.library);
  const moduleOptions = new Map<string, ModuleFacts>();
  for (const [name, path] of own) {
    const facts = options.get(path);
    // With an action plugin the module is not all that reads the options.
    if (facts !== undefined && !hasAction(tree, name)) moduleOptions.set(name, facts);
  }
  const modules = new Set(own.keys());
  for (const name of collections.modules.keys()) {
    if (isKnown(name)) continue;
    modules.add(name);
    const facts = collections.options.get(name);
    if (facts !== undefined) moduleOptions.set(name, facts);
  }
  const files = {
    filter: new Map(collections.plugins.filter),
    test: new Map(collections.plugins.test),
    lookup: new Map(collections.plugins.lookup),
  };
  const plugins = {
    filter: new Set<string>(),
    test: new Set<string>(),
    lookup: new Set<string>(),
  };
  const exports = {
    filter: new Map(collections.exports.filter),
    test: new Map(collections.exports.test),
    lookup: new Map(collections.exports.lookup),
  };
  for (const [path, { plugin }] of kept) {
    for (const name of plugin?.exports ?? []) exports[plugin?.kind ?? 'filter'].set(name, path);
    for (const name of plugin?.names ?? []) {
      const kind = plugin?.kind ?? 'filter';
      plugins[kind].add(name);
      if (!files[kind].has(name)) files[kind].set(name, path);
    }
  }
  const local = {
    modules: new Map([...collections.modules, ...own]),
    plugins: files,
    exports,
    roles: collections.roles,
  };
  return { local, plugins, modules, moduleOptions };
}

function hasAction({ files }: ProjectTree, module: string): boolean {
  for (const path of files) if (path.endsWith(`/action_plugins/${module}.py`)) return true;
  return false;
}
