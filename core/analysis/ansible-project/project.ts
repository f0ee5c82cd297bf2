/**
 * A project of Ansible's as rules see it: what its files say, where things are. A snapshot: a change
 * makes a new one, which shares what stayed the same.
 */
import type { Inventory } from '../../inventory/host.ts';
import type { PlaybookKind } from '../../formats/playbook/document-kind.ts';
import type { Knowledge } from '../playbook/knowledge.ts';
import type { AnsibleCfg } from './ansible-cfg.ts';
import type { Extract } from './extract-types.ts';
import type { PluginKind } from './plugin-exports.ts';
import type { ProjectTree } from './walk.ts';

export type IndexedDocument = {
  readonly path: string;
  readonly kind: PlaybookKind;
  readonly extract: Extract;
  /** The role it belongs to, as the path of its folder. */
  readonly role: string | undefined;
};

export type IndexedTemplate = {
  readonly path: string;
  readonly role: string | undefined;
  /** Names that it binds, for templates that it includes. */
  readonly binds: readonly string[];
  /** It names other templates. */
  readonly includes: boolean;
};

export type GroupMembership = { readonly group: string; readonly child: string };

export type ProjectInventories = {
  /** Those that could be read. */
  readonly inventories: readonly Inventory[];
  readonly paths: readonly string[];
  /** Every file of an inventory that is read, with the groups that it puts into others. */
  readonly files: ReadonlyMap<string, readonly GroupMembership[]>;
  /** False where one is a program, or has faults: there may be more hosts, groups and variables. */
  readonly isComplete: boolean;
  readonly variables: ReadonlySet<string>;
};

export type LocalSources = {
  readonly modules: ReadonlyMap<string, string>;
  readonly plugins: Readonly<Record<PluginKind, ReadonlyMap<string, string>>>;
  /** Of these the ones that are certainly brought, to be offered. */
  readonly exports: Readonly<Record<PluginKind, ReadonlyMap<string, string>>>;
  /** Folders of the roles of collections. */
  readonly roles: ReadonlyMap<string, string>;
};

export type AnsibleProject = {
  /**
   * The same object for as long as nothing changed but where things stand in their files: what is
   * computed of the whole is kept with it.
   */
  readonly shape: object;
  readonly root: string;
  readonly tree: ProjectTree;
  readonly cfg: AnsibleCfg;
  /** By absolute path. */
  readonly documents: ReadonlyMap<string, IndexedDocument>;
  readonly templates: ReadonlyMap<string, IndexedTemplate>;
  /** Role name → its folders. */
  readonly roles: ReadonlyMap<string, readonly string[]>;
  /** Roles and collections that requirements.yml names: they may come from elsewhere. */
  readonly required: ReadonlySet<string>;
  readonly hosts: ProjectInventories;
  readonly plugins: Readonly<Record<PluginKind, ReadonlySet<string>>>;
  readonly collections: ReadonlySet<string>;
  /** Files of what the project brings itself, by the names that are written. */
  readonly local: LocalSources;
  /** Of command lines that were found in the project. */
  readonly extraVariables: ReadonlySet<string>;
  readonly knowledge: Knowledge;
};

/** The folder of the role that a path is in, if it is in one. */
export function roleFolderOf(path: string, root: string): string | undefined {
  const below = path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
  const match =
    /^(.*?)\/(?:tasks|handlers|defaults|vars|meta|templates|files|library|filter_plugins)\//.exec(
      below,
    );
  const folder = match?.[1];
  if (
    folder === undefined ||
    /(?:^|\/)(?:playbooks?|inventor(?:y|ies)|group_vars|host_vars)$/.test(folder)
  ) {
    return undefined;
  }
  return `${root}/${folder}`;
}
