/**
 * What the Ansible of this machine says of its modules, for each folder of Ansible’s: read in the
 * background, a while after the first document, and never where nobody trusts the folder.
 */
import { join } from 'node:path';
import type { OpenCollection, InstalledDocs } from '../core/ansible/docs/installed-docs.ts';
import type { WordsOf } from '../core/ansible/docs/module-docs.ts';
import type { Environment } from '../core/command/run.ts';
import type { AnsibleFacts } from '../core/data/ansible-facts.ts';
import type { Project } from '../core/project/project.ts';

export type InstalledModules = {
  /** Sees to it that the folder’s Ansible is known, some day. */
  readonly look: (root: string) => void;
  /** Settings are others: the next look counts as the first. Without a root: everywhere. */
  readonly forget: (root?: string) => void;
  /** Modules that a document of the folder uses, by full name. */
  readonly met: (root: string, modules: Iterable<string>) => void;
  readonly wordsOf: (root: string) => WordsOf;
};

type Held = {
  docs: InstalledDocs | undefined;
  readonly open: Map<string, OpenCollection>;
  /** Collections that were asked for. */
  readonly wanted: Set<string>;
  lookedAt: number;
  timer: NodeJS.Timeout | undefined;
  /** One program after the other. */
  work: Promise<void>;
};

/** Milliseconds until the first program is started: documents come first. */
const AFTERWARDS = 1500;
/** Milliseconds after which it is looked whether another Ansible is installed. */
const AGAIN = 300_000;
/** Milliseconds that all programs of one look may take. */
const LONGEST = 300_000;
const BUILTIN = 'ansible.builtin';

export function createInstalledModules(options: {
  readonly isTrusted: () => boolean;
  /** With RPI_ANSIBLE where the editor’s setting names one. */
  readonly env: () => Environment;
  /** Where what was read is kept; undefined: in the user’s cache. */
  readonly cacheFolder: () => string | undefined;
  readonly projectOf: (root: string) => Promise<Project | undefined>;
  /** More is known of the modules. */
  readonly learn: (root: string, facts: AnsibleFacts) => void;
  readonly log: (what: string, error: unknown) => void;
}): InstalledModules {
  const folders = new Map<string, Held>();
  const heldOf = (root: string): Held => {
    const held = folders.get(root) ?? {
      docs: undefined,
      open: new Map<string, OpenCollection>(),
      wanted: new Set([BUILTIN]),
      lookedAt: -Infinity,
      timer: undefined,
      work: Promise.resolve(),
    };
    folders.set(root, held);
    return held;
  };

  const read = async (root: string, held: Held): Promise<void> => {
    const [{ openInstalledDocs }, { withInstalled }, { cacheFolder, openCache }] =
      await Promise.all([
        import('../core/ansible/docs/installed-docs.ts'),
        import('../core/ansible/docs/with-installed.ts'),
        import('../core/ansible/docs/cache.ts'),
      ]);
    const env = options.env();
    const ending = new AbortController();
    const end = (): void => ending.abort();
    process.once('exit', end);
    try {
      const context = {
        env,
        signal: AbortSignal.any([ending.signal, AbortSignal.timeout(LONGEST)]),
        cache: openCache(join(options.cacheFolder() ?? cacheFolder(env), 'ansible-docs')),
      };
      let isNew = false;
      if (performance.now() - held.lookedAt > AGAIN) {
        held.lookedAt = performance.now();
        const docs = await openInstalledDocs(root, await options.projectOf(root), context);
        if (docs?.key !== held.docs?.key) {
          isNew = true;
          held.open.clear();
          held.docs = docs;
        }
      }
      const { docs } = held;
      for (const name of held.wanted) {
        if (docs === undefined || held.open.has(name)) continue;
        const collection = await docs.collection(name);
        if (collection === undefined) held.wanted.delete(name);
        else {
          held.open.set(name, collection);
          isNew = true;
        }
      }
      if (!isNew) return;
      const { loadAnsibleFacts } = await import('../core/data/ansible-facts.ts');
      const bundled = await loadAnsibleFacts();
      options.learn(
        root,
        docs === undefined ? bundled : withInstalled(bundled, docs.names, [...held.open.values()]),
      );
    } finally {
      process.off('exit', end);
    }
  };
  const begin = (root: string, held: Held): void => {
    if (held.timer !== undefined || !options.isTrusted()) return;
    held.timer = setTimeout(() => {
      held.timer = undefined;
      held.work = held.work
        .then(() => read(root, held))
        .catch((error: unknown) => options.log('The installed modules could not be read', error));
    }, AFTERWARDS).unref();
  };

  return {
    look: (root) => {
      const held = heldOf(root);
      if (performance.now() - held.lookedAt > AGAIN) begin(root, held);
    },
    forget: (root) => {
      for (const [each, held] of folders) {
        if (root === undefined || each === root) held.lookedAt = -Infinity;
      }
    },
    met: (root, modules) => {
      const held = heldOf(root);
      for (const module of modules) {
        const [namespace, name, ...rest] = module.split('.');
        if (namespace === undefined || name === undefined || rest.length === 0) continue;
        const collection = `${namespace}.${name}`;
        if (held.wanted.has(collection) || held.open.has(collection)) continue;
        // Before the first look nobody knows what is installed.
        if (held.docs === undefined || isListed(held.docs, collection)) {
          held.wanted.add(collection);
          begin(root, held);
        }
      }
    },
    wordsOf: (root) => (module) =>
      folders.get(root)?.open.get(module.split('.', 2).join('.'))?.words(module),
  };
}

const listed = new WeakMap<InstalledDocs, ReadonlySet<string>>();

function isListed(docs: InstalledDocs, collection: string): boolean {
  const names =
    listed.get(docs) ?? new Set(docs.names.modules.map((name) => name.split('.', 2).join('.')));
  listed.set(docs, names);
  return names.has(collection);
}
