/** What rules know of Ansible: the facts, indexed by the names people write, and the project’s own. */
import type { AnsibleFacts, ModuleFacts, OptionFacts, Routing } from '../../data/ansible-facts.ts';

/**
 * Kept for as long as it means the same: what rules found with it is kept as well. Made by
 * knowledgeOf.
 */
export type Knowledge = {
  readonly facts: AnsibleFacts;
  /** Modules and action plugins of the project (library/, roles’ library/), by the name written. */
  readonly localModules: ReadonlySet<string>;
  /** Of those whose documentation tells it: what they take. */
  readonly localOptions: ReadonlyMap<string, ModuleFacts>;
  /** What a name in a playbook means. */
  readonly module: (name: string) => ModuleName;
  /** Names to propose, short for builtin and full for the others. */
  readonly moduleNames: readonly string[];
};

export type ModuleName =
  | {
      readonly kind: 'known';
      /** The full name, behind redirects. */
      readonly name: string;
      readonly module: ModuleFacts;
      readonly options: ReadonlyMap<string, KnownOption>;
      /** The name that was written is an old one of it. */
      readonly redirectedFrom?: string;
    }
  /** It exists, and which options it has is not known. */
  | { readonly kind: 'opaque'; readonly name: string; readonly redirectedFrom?: string }
  | { readonly kind: 'removed'; readonly name: string; readonly routing: Routing }
  /** Nothing can be said: a collection that is not known. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'unknown' };

export type KnownOption = {
  /** Its first name, which others are aliases of. */
  readonly name: string;
  readonly facts: OptionFacts;
};

/** `localModules`: names as a playbook may use them. */
export function knowledgeOf(
  facts: AnsibleFacts,
  localModules: ReadonlySet<string> = new Set(),
  localOptions: ReadonlyMap<string, ModuleFacts> = new Map(),
): Knowledge {
  const others = new Set(facts.other_modules);
  const collections = new Set(
    [...Object.keys(facts.modules), ...facts.other_modules].map(collectionOf),
  );
  const found = new Map<string, ModuleName>();
  const look = (name: string): ModuleName => {
    if (localModules.has(name)) {
      const module = localOptions.get(name);
      if (module === undefined) return { kind: 'opaque', name };
      return { kind: 'known', name, module, options: optionsOf(module) };
    }
    return lookUp(facts, others, collections, name);
  };
  return {
    facts,
    localModules,
    localOptions,
    module: (name) => {
      const before = found.get(name);
      if (before !== undefined) return before;
      const known = look(name);
      // What is typed on the way to a name means nothing, and there is no end of it.
      if (known.kind !== 'unknown' && known.kind !== 'foreign') found.set(name, known);
      return known;
    },
    moduleNames: [
      ...Object.keys(facts.modules).map((name) => name.replace(/^ansible\.builtin\./, '')),
      ...localModules,
    ],
  };
}

/** `community.general` of `community.general.ufw`. */
function collectionOf(name: string): string {
  return name.split('.', 2).join('.');
}

const MAX_REDIRECTS = 5;

/** Redirects of action plugins, which modules’ routing does not list. */
const ACTIONS: Readonly<Record<string, Routing>> = {
  'ansible.builtin.yum': { redirect: 'ansible.builtin.dnf' },
};

function lookUp(
  facts: AnsibleFacts,
  others: ReadonlySet<string>,
  collections: ReadonlySet<string>,
  written: string,
): ModuleName {
  let name = fullName(written);
  if (!collections.has(collectionOf(name))) return { kind: 'foreign' };
  for (let turn = 0; turn < MAX_REDIRECTS; turn++) {
    const module = facts.modules[name];
    const redirected = turn === 0 ? {} : { redirectedFrom: fullName(written) };
    if (module !== undefined) {
      return { kind: 'known', name, module, options: optionsOf(module), ...redirected };
    }
    if (others.has(name)) return { kind: 'opaque', name, ...redirected };
    const routing = ACTIONS[name] ?? facts.routing.modules[name];
    if (routing?.redirect !== undefined) name = fullName(routing.redirect);
    else if (routing?.removed !== undefined) return { kind: 'removed', name, routing };
    else if (!collections.has(collectionOf(name))) return { kind: 'opaque', name, ...redirected };
    else break;
  }
  // Other versions of a collection have other modules; ours is that of the facts.
  return hasOptions(facts, collectionOf(name)) ? { kind: 'unknown' } : { kind: 'foreign' };
}

/** A collection whose modules’ options are known. */
function hasOptions({ versions }: AnsibleFacts, collection: string): boolean {
  return collection === 'ansible.builtin' || Object.hasOwn(versions, collection);
}

/** `ansible.legacy` is builtin, with the project’s own modules before it. */
function fullName(name: string): string {
  if (!name.includes('.')) return `ansible.builtin.${name}`;
  return name.replace(/^ansible\.legacy\./, 'ansible.builtin.');
}

const optionMaps = new WeakMap<object, ReadonlyMap<string, KnownOption>>();

/** A module’s options, or an option’s own, by name and alias. */
export function optionsOf(owner: {
  readonly options?: Readonly<Record<string, OptionFacts>>;
}): ReadonlyMap<string, KnownOption> {
  const known = optionMaps.get(owner);
  if (known !== undefined) return known;
  const options = new Map<string, KnownOption>();
  for (const [name, facts] of Object.entries(owner.options ?? {})) {
    for (const alias of facts.aliases ?? []) options.set(alias, { name, facts });
  }
  for (const [name, facts] of Object.entries(owner.options ?? {}))
    options.set(name, { name, facts });
  optionMaps.set(owner, options);
  return options;
}
