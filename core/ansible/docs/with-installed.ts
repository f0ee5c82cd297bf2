/** The facts that come with the product, with what is installed on this machine over them. */
import type { AnsibleFacts, ModuleFacts } from '../../data/ansible-facts.ts';

export type InstalledNames = {
  /** Of ansible-core. */
  readonly version: string;
  /** Full names of all modules, as `ansible-doc --list` has them. */
  readonly modules: readonly string[];
  /** Names that a collection routes elsewhere, or that only an action plugin has. */
  readonly others: readonly string[];
  /** Full names of those that the kinds of plugins that stand in templates have. */
  readonly plugins: InstalledPlugins;
};

export type InstalledPlugins = {
  readonly filters: readonly string[];
  readonly tests: readonly string[];
  readonly lookups: readonly string[];
};

export type InstalledCollection = {
  /** As in `community.general`. */
  readonly name: string;
  /** Of the collection; of ansible-core for builtin. */
  readonly version: string | undefined;
  readonly modules: Readonly<Record<string, ModuleFacts>>;
};

/**
 * What is installed wins. What only the bundled facts have stays: another machine may have it. The
 * names of a collection that the bundled facts don’t know are all that it has.
 */
export function withInstalled(
  bundled: AnsibleFacts,
  { modules: names, others, plugins }: InstalledNames,
  collections: readonly InstalledCollection[],
): AnsibleFacts {
  const modules: Record<string, ModuleFacts> = { ...bundled.modules };
  const versions: Record<string, string> = { ...bundled.versions };
  for (const { name, version, modules: own } of collections) {
    if (version !== undefined) versions[name === BUILTIN ? 'ansible-core' : name] = version;
    for (const [module, facts] of Object.entries(own)) {
      modules[module] = withRelations(facts, bundled.modules[module]);
    }
  }
  const listed = names.map(withoutUnderscore);
  const routes = bundled.routing.modules;
  const opaque = new Set([
    ...bundled.other_modules,
    ...listed.filter((name, index) => name === names[index] || routes[name] === undefined),
    ...others.filter((name) => routes[name] === undefined),
  ]);
  for (const name of Object.keys(modules)) opaque.delete(name);
  const known = new Set(Object.keys(bundled.versions));
  for (const name of listed) {
    const collection = name.split('.', 2).join('.');
    // With a version, a name that is not listed is a mistake.
    if (collection !== BUILTIN && !known.has(collection)) versions[collection] ??= '';
  }
  const { filters, tests, lookups } = bundled;
  return {
    ...bundled,
    modules,
    versions,
    other_modules: [...opaque],
    filters: [...new Set([...filters, ...plugins.filters])],
    tests: [...new Set([...tests, ...plugins.tests])],
    lookups: [...new Set([...lookups, ...plugins.lookups])],
  };
}

const BUILTIN = 'ansible.builtin';

/** A deprecated module may have its name behind an underscore in the file system alone. */
function withoutUnderscore(name: string): string {
  return name.replace(/\._(?=[^.]*$)/, '.');
}

const RELATIONS = ['mutually_exclusive', 'required_together', 'required_one_of'] as const;

/** ansible-doc does not tell which options exclude or need others: the bundled facts do. */
function withRelations(facts: ModuleFacts, bundled: ModuleFacts | undefined): ModuleFacts {
  if (bundled === undefined) return facts;
  const has = (name: unknown): boolean =>
    typeof name === 'string' && Object.hasOwn(facts.options, name);
  const kept: { -readonly [Name in (typeof RELATIONS)[number]]?: readonly (readonly string[])[] } =
    {};
  for (const name of RELATIONS) {
    const relations = bundled[name]?.filter((options) => options.every(has)) ?? [];
    if (relations.length > 0) kept[name] = relations;
  }
  const conditions = bundled.required_if?.filter(
    ([option, , needed]) => has(option) && Array.isArray(needed) && needed.every(has),
  );
  const by = Object.entries(bundled.required_by ?? {}).filter(
    ([option, needed]) => has(option) && [needed].flat().every(has),
  );
  return {
    ...facts,
    ...kept,
    ...(conditions === undefined || conditions.length === 0 ? {} : { required_if: conditions }),
    ...(by.length === 0 ? {} : { required_by: Object.fromEntries(by) }),
  };
}
