/** Filters, tests and lookups that nobody knows. */
import type { AnsibleFacts } from '../../data/ansible-facts.ts';
import type { References } from '../../formats/jinja/reference-types.ts';
import type { Identifier } from '../../formats/jinja/tree.ts';
import { nearest } from '../../inventory/nearest.ts';
import type { AnsibleProject } from './project.ts';
import type { PluginKind } from './plugin-exports.ts';

export type UnknownName = {
  readonly name: Identifier;
  readonly message: string;
  readonly fixes: readonly string[];
};

type Known = {
  /** Without `ansible.builtin.`. */
  readonly short: ReadonlySet<string>;
  readonly full: ReadonlySet<string>;
  readonly collections: ReadonlySet<string>;
};

const known = new WeakMap<AnsibleFacts, Readonly<Record<PluginKind, Known>>>();

/** What of a template's names does not exist; silent on collections that are not known. */
export function* unknownNames(
  kind: PluginKind,
  references: References,
  facts: AnsibleFacts,
  project: AnsibleProject | undefined,
): Generator<UnknownName> {
  const names =
    kind === 'filter'
      ? references.filters
      : kind === 'test'
        ? references.tests
        : references.lookups.flatMap(({ plugin }) =>
            plugin === undefined ? [] : [unquoted(plugin)],
          );
  const { short, full, collections } = knownOf(facts)[kind];
  for (const name of names) {
    const written = name.name.replace(/^ansible\.(?:builtin|legacy)\./, '');
    if (written === '' || short.has(written) || full.has(written)) continue;
    if (written.includes('.')) {
      const collection = written.split('.', 2).join('.');
      const isOwn = project?.collections.has(collection) === true;
      if (isOwn && project.local.plugins[kind].has(written)) continue;
      if (!isOwn && !collections.has(collection)) continue;
      // Other versions of a collection have other names: only what looks like a slip is told.
      const all = isOwn ? project.local.exports[kind].keys() : full;
      const own = [...all].filter((each) => each.startsWith(`${collection}.`));
      const last = (each: string): string => each.slice(collection.length + 1);
      const near = nearest(last(written), own.map(last)).map((each) => `${collection}.${each}`);
      if (near.length > 0) yield unknownName(kind, name, near);
      continue;
    }
    // Local plugins are looked for in the project; without it nothing can be said.
    if (project === undefined || project.plugins[kind].has(written)) continue;
    const near = nearest(written, [...short, ...project.plugins[kind]]);
    // Roles that are installed from elsewhere may bring plugins.
    if (near.length === 0 && (project.required.size > 0 || hasForeignPlugins(project))) continue;
    if (kind === 'filter' && knownOf(facts).test.short.has(written)) {
      yield {
        name,
        message: `${written} is a test, not a filter: write “is ${written}”.`,
        fixes: [],
      };
      continue;
    }
    yield unknownName(kind, name, near);
  }
}

/** The word within the quotes. */
function unquoted({ name, start, end }: Identifier): Identifier {
  return end - start === name.length + 2
    ? { name, start: start + 1, end: end - 1 }
    : { name, start, end };
}

function unknownName(kind: PluginKind, name: Identifier, near: readonly string[]): UnknownName {
  const end = near.length === 0 ? '.' : `. Did you mean ${near.join(' or ')}?`;
  return { name, message: `There is no ${kind} ${name.name}${end}`, fixes: near };
}

function hasForeignPlugins({ cfg, root }: AnsibleProject): boolean {
  return [...cfg.filterPlugins, ...cfg.testPlugins, ...cfg.lookupPlugins, ...cfg.rolesPath].some(
    (path) => !path.startsWith(`${root}/`),
  );
}

function knownOf(facts: AnsibleFacts): Readonly<Record<PluginKind, Known>> {
  const found = known.get(facts);
  if (found !== undefined) return found;
  const made = {
    filter: namesOf(facts.filters, Object.keys(facts.routing.filter)),
    test: namesOf(facts.tests, Object.keys(facts.routing.test)),
    lookup: namesOf(facts.lookups, Object.keys(facts.routing.lookup)),
  };
  known.set(facts, made);
  return made;
}

/** Names of Jinja2 that are operators. */
const OPERATORS = ['==', '!=', '>', '>=', '<', '<='];

function namesOf(names: readonly string[], routed: readonly string[]): Known {
  const all = [...names, ...routed];
  const isBuiltin = (name: string): boolean =>
    !name.includes('.') || /^ansible\.(?:builtin|legacy)\./.test(name);
  return {
    short: new Set([
      ...OPERATORS,
      ...all.filter(isBuiltin).map((name) => name.replace(/^ansible\.(?:builtin|legacy)\./, '')),
    ]),
    full: new Set(all),
    collections: new Set(
      names.filter((name) => !isBuiltin(name)).map((name) => name.split('.', 2).join('.')),
    ),
  };
}
