/** What a template names, sorted by what it is. */
import type { Binding } from './scope.ts';
import type { Argument, Identifier, Range } from './tree.ts';

/** A variable that is read. */
export type VariableRead = Identifier & {
  /**
   * Nothing goes wrong if it is not defined: `default()` follows, `is defined` asks, or it stands
   * where such a question was answered with yes.
   */
  readonly guarded: boolean;
  /** How the template itself binds the name at this place. */
  readonly local?: Binding;
  /** The attributes that follow, as far as they are fixed: `['b', 'c']` in `a.b['c']`. */
  readonly path: readonly string[];
};

/** A name that the template binds. */
export type LocalBinding = Identifier & {
  readonly by: 'for' | 'set' | 'with' | 'macro' | 'parameter' | 'import';
};

/** `lookup('file', 'x')`, `query(…)`, `q(…)`. */
export type LookupUse = Range & {
  /** The plugin, if it is written out. */
  readonly plugin?: Identifier;
  /** What is looked up, as far as it is written out: paths, names. */
  readonly terms: readonly Identifier[];
  readonly arguments: readonly Argument[];
};

export type References = {
  /** All in the order of the text. Local names too. */
  readonly reads: readonly VariableRead[];
  readonly bindings: readonly LocalBinding[];
  readonly filters: readonly Identifier[];
  readonly tests: readonly Identifier[];
  readonly lookups: readonly LookupUse[];
  /** Functions by name: `range`, `now`, a macro. */
  readonly calls: readonly Identifier[];
  /** Hosts in `hostvars['x']` and groups in `groups['g']` or `groups.g`, written out. */
  readonly hosts: readonly Identifier[];
  readonly groups: readonly Identifier[];
  /** Variables of another host, written out: `x` in `hostvars[h].x` or `hostvars[h]['x']`. */
  readonly hostVariables: readonly Identifier[];
  /** Paths in `include`, `import`, `from` and `extends`, written out. */
  readonly templates: readonly Identifier[];
  /** Tags that need jinja2_extensions in ansible.cfg: `do`, `break`, `continue`. */
  readonly extensionTags: readonly Identifier[];
};
