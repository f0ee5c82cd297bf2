/** What a document of Ansible’s says to the others of its project. Ranges are the document’s. */
import type { Range } from '../../formats/playbook/node.ts';

export type DefinitionKind =
  | 'vars'
  | 'register'
  | 'set_fact'
  | 'vars_prompt'
  | 'loop'
  | 'parameter'
  | 'include_vars'
  | 'add_host'
  | 'argument_spec'
  | 'fact';

export type VariableDefinition = Range & {
  readonly name: string;
  readonly by: DefinitionKind;
  /** Of a mapping its keys, and those below with dots between: `tls`, `tls.port`. Bounded. */
  readonly members?: readonly string[];
};

/** A path that stands in a document. */
export type FileUse = Range & {
  readonly kind: 'tasks' | 'playbook' | 'vars' | 'vars-folder' | 'template' | 'file';
  readonly path: string;
  /** A template makes it. */
  readonly isDynamic: boolean;
  /** Runs once an item of a loop, or only where a condition holds. */
  readonly isLooped: boolean;
  readonly isConditional: boolean;
  /** Any one of these will do (vars_files with a list, with_first_found). */
  readonly alternatives?: readonly string[];
  /** A loop names it: it may well be that there is none. */
  readonly isOptional?: true;
};

export type RoleUse = Range & {
  readonly name: string;
  readonly isDynamic: boolean;
  readonly isLooped: boolean;
  readonly by: 'play' | 'task' | 'dependency';
  /** Files of it that are named, by folder. */
  readonly from: Readonly<Partial<Record<'tasks' | 'vars' | 'defaults' | 'handlers', NamedFile>>>;
};
export type NamedFile = Range & { readonly path: string; readonly isDynamic: boolean };

export type Notification = Range & { readonly name: string; readonly isDynamic: boolean };

export type Handler = Range & {
  /** Its name and what it listens to. */
  readonly names: readonly string[];
  /** It has a name of its own, or is none that one could notify: a block, `meta`. */
  readonly isNamed: boolean;
  readonly isDynamic: boolean;
  /** Its own tasks come from elsewhere (include_tasks): what they are called is not known here. */
  readonly isInclude: boolean;
};

export type HostsUse = Range & { readonly pattern: string; readonly isDynamic: boolean };

export type Extract = {
  readonly definitions: readonly VariableDefinition[];
  /** Something here may define variables whose names can't be told. */
  readonly definesUnknown: boolean;
  readonly files: readonly FileUse[];
  readonly roles: readonly RoleUse[];
  readonly handlers: readonly Handler[];
  readonly notifications: readonly Notification[];
  readonly hosts: readonly HostsUse[];
  /** Of plays, roles, blocks and tasks. */
  readonly tags: readonly string[];
  /** Groups and hosts that come into being while it runs (add_host, group_by). */
  readonly addsHosts: boolean;
  /** It says in which collections modules are looked for. */
  readonly namesCollections: boolean;
};

export type Writable<T> = {
  -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K];
};
