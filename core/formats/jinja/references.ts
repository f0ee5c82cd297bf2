/** What a template or an expression names: variables, filters, tests, lookups, hosts, files. */
import { ReferenceWalk } from './reference-walk.ts';
import { Frame, type Binding } from './scope.ts';
import type { Argument, BareExpression, Identifier, Range, Template } from './tree.ts';

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

/** Names that Jinja2 itself and Ansible put into every template. */
export const GLOBALS: ReadonlySet<string> = new Set(
  'range dict lipsum cycler joiner namespace lookup query q now undef'.split(' '),
);

/** The names that are read and that the template does not bind: Ansible has to know them. */
export function undeclaredNames({ reads }: References): Set<string> {
  return new Set(
    reads
      .filter(({ name, local }) => local === undefined && !GLOBALS.has(name))
      .map(({ name }) => name),
  );
}

/**
 * What the tree names. `defined`: variables that are known to be defined where it stands, as an
 * earlier condition of `when` asked for them (namesDefinedWhen).
 */
export function referencesOf(
  tree: Template | BareExpression,
  defined: ReadonlySet<string> = new Set(),
): References {
  const walk = new ReferenceWalk();
  const frame = new Frame();
  const guards = { defined, all: false };
  frame.bind('self');
  if (tree.kind === 'bare') walk.expression(tree.expression, frame, guards);
  else walk.body(tree.body, frame, guards);
  return walk.finish();
}
