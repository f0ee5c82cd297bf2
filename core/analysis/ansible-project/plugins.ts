/** Plugins and modules that a project brings itself, by the names templates and tasks use. */
import { basename } from 'node:path';
import { pluginExports, type PluginKind } from './plugin-exports.ts';
import type { AnsibleCfg } from './ansible-cfg.ts';
import type { ProjectTree } from './walk.ts';

const FOLDER = /(?:^|\/)(filter|test|lookup)_plugins\/(?:[^/]+\/)*[^/]+\.py$/;
const MODULE = /(?:^|\/)(?:library|action_plugins)\/(?:[^/]+\/)*([A-Za-z_]\w*)\.(?:py|ps1|sh)$/;

/** Which kind of plugins the Python file at the path holds, by its folder. */
export function pluginKindOf(path: string, cfg?: PluginFolders): PluginKind | undefined {
  const kind = FOLDER.exec(path)?.[1];
  if (kind === 'filter' || kind === 'test' || kind === 'lookup') return kind;
  if (cfg === undefined || !path.endsWith('.py')) return undefined;
  const isIn = (folders: readonly string[]): boolean =>
    folders.some((folder) => path.startsWith(`${folder}/`));
  if (isIn(cfg.filterPlugins)) return 'filter';
  if (isIn(cfg.testPlugins)) return 'test';
  return isIn(cfg.lookupPlugins) ? 'lookup' : undefined;
}

type PluginFolders = Pick<AnsibleCfg, 'filterPlugins' | 'testPlugins' | 'lookupPlugins'>;

/**
 * Names that the Python file may bring: every quoted word of it, which is more than there are, and
 * every argument with a name, as of `dict(…)`. A lookup is called like its file.
 */
export function pluginNames(path: string, text: string): string[] {
  const words = [...text.matchAll(/['"]([A-Za-z_][\w.]*)['"]/g)].map((match) => match[1] ?? '');
  const decorated = [...text.matchAll(/^\s*def (\w+)\(/gm)].map((match) => match[1] ?? '');
  const given = [...text.matchAll(/[(,]\s*([A-Za-z_]\w*)\s*=(?!=)/g)].map(
    (match) => match[1] ?? '',
  );
  return [basename(path, '.py'), ...words, ...decorated, ...given];
}

/** A file of plugins: the names it may bring, and those it certainly does. */
export type PluginFile = {
  readonly kind: PluginKind;
  readonly names: readonly string[];
  readonly exports: readonly string[];
};

export function pluginsIn(kind: PluginKind, path: string, text: string): PluginFile {
  return { kind, names: pluginNames(path, text), exports: pluginExports(kind, path, text) };
}

/** The modules in library/, of the project and of its roles: their files by name. */
export function localModulesOf(tree: ProjectTree, library: readonly string[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const path of tree.files) {
    const below = path.slice(tree.root.length);
    const inLibrary = library.some((folder) => path.startsWith(`${folder}/`));
    const name =
      MODULE.exec(below)?.[1] ?? (inLibrary ? basename(path).replace(/\.\w+$/, '') : undefined);
    // An action plugin goes with its module, which says what the options are.
    if (name !== undefined && (!names.has(name) || isModuleFile(path, library))) {
      names.set(name, path);
    }
  }
  return names;
}

/** A file whose documentation may say what a module takes. */
export function isModuleFile(path: string, library: readonly string[]): boolean {
  return (
    path.endsWith('.py') &&
    (/\/library\//.test(path) || library.some((folder) => path.startsWith(`${folder}/`)))
  );
}

/** `namespace.name` of the collections that lie in the project. */
export function collectionsOf(tree: ProjectTree): Set<string> {
  const names = new Set<string>();
  for (const folder of tree.folders) {
    const match = /\/ansible_collections\/([^/]+)\/([^/]+)$/.exec(folder);
    if (match !== null) names.add(`${match[1] ?? ''}.${match[2] ?? ''}`);
  }
  return names;
}
