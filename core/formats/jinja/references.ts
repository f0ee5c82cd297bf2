/** What a template or an expression names: variables, filters, tests, lookups, hosts, files. */
import type { References } from './reference-types.ts';
import { ReferenceWalk } from './reference-walk.ts';
import { Frame } from './scope.ts';
import type { BareExpression, Template } from './tree.ts';

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
