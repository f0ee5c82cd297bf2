/**
 * The index of a project's files. Texts come through `files`, where unsaved ones win. It is built in
 * slices between which other work is done; a file that changed is read again alone.
 */
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { AnsibleFacts, ModuleFacts } from '../../data/ansible-facts.ts';
import type { PlaybookPlace } from '../../formats/playbook/document-kind.ts';
import type { InventoryFiles } from '../../inventory/files.ts';
import type { PlaybookFacts } from '../playbook/facts.ts';
import { knowledgeOf, type Knowledge } from '../playbook/knowledge.ts';
import { NO_CFG, parseAnsibleCfg, type AnsibleCfg } from './ansible-cfg.ts';
import { extraVariables, mayRunPlaybooks } from './extra-variables.ts';
import { inventoriesOf, isInventoryName } from './inventories.ts';
import {
  NO_COLLECTIONS,
  readCollections,
  type DocumentedModules,
  type LocalCollections,
} from './local-collections.ts';
import { localSources } from './local-sources.ts';
import { moduleFactsOf } from './module-docs.ts';
import {
  collectionsOf,
  isModuleFile,
  pluginKindOf,
  pluginsIn,
  type PluginFile,
} from './plugins.ts';
import {
  roleFolderOf,
  type AnsibleProject,
  type IndexedDocument,
  type IndexedTemplate,
} from './project.ts';
import {
  documentKind,
  indexDocument,
  indexFacts,
  indexTemplate,
  requiredIn,
} from './read-document.ts';
import { rolesOf } from './role-folders.ts';
import { walkProject, type ProjectTree } from './walk.ts';

export type IndexOptions = {
  readonly root: string;
  readonly files: InventoryFiles;
  readonly facts: AnsibleFacts;
  readonly place?: PlaybookPlace;
  /** The inventory that rpi.yml names, absolute. */
  readonly inventory?: string;
  /** Milliseconds of work without a pause. */
  readonly slice?: number;
};

export type AnsibleIndex = {
  /** All of it, anew where files came or went; texts that stayed the same are not read again. */
  readonly build: () => Promise<AnsibleProject>;
  /**
   * Reads these files again: they changed, came or went. `analysed`: documents that were read
   * already, as the editor reads those that are open.
   */
  readonly update: (
    paths: readonly string[],
    analysed?: readonly PlaybookFacts[],
  ) => Promise<AnsibleProject>;
  /** Modules are others than was known: what was read of the files stays. */
  readonly learn: (facts: AnsibleFacts) => Promise<void>;
  /** What was built last. */
  readonly current: () => AnsibleProject | undefined;
};

/** What is kept of a file. */
type Kept = {
  readonly text: string;
  readonly document?: IndexedDocument;
  /** What the rules of other documents may see of it: all but the places. */
  readonly meaning: string;
  readonly template?: IndexedTemplate;
  readonly plugin?: PluginFile;
  /** What a module takes, where it says so. */
  readonly module?: ModuleFacts;
  readonly extra?: readonly string[];
  readonly required?: readonly string[];
};

/** Larger ones hold data, not playbooks. */
const LARGEST_TEXT = 2_000_000;

export function createAnsibleIndex(options: IndexOptions): AnsibleIndex {
  const { root, files, place = { root }, slice = 8 } = options;
  let { facts } = options;
  const kept = new Map<string, Kept>();
  let tree: ProjectTree | undefined;
  let current: AnsibleProject | undefined;
  let knowledge: Knowledge | undefined;
  let collections: LocalCollections = NO_COLLECTIONS;
  const documented: DocumentedModules = new Map();
  let since = 0;

  const hasOptions = (collection: string): boolean => Object.hasOwn(facts.versions, collection);
  const pause = async (): Promise<void> => {
    if (performance.now() - since < slice) return;
    await setImmediate();
    since = performance.now();
  };

  const readFile = async (path: string, cfg: AnsibleCfg, facts?: PlaybookFacts): Promise<void> => {
    if (facts !== undefined) {
      kept.set(path, keptOf(facts.text, { document: indexFacts(facts, roleFolderOf(path, root)) }));
      return;
    }
    if (!isRead(path, cfg)) {
      kept.delete(path);
      return;
    }
    const text = await files.read(path).catch(() => undefined);
    if (text === undefined || text.length > LARGEST_TEXT) kept.delete(path);
    else if (kept.get(path)?.text !== text) kept.set(path, indexText(path, text, cfg));
    await pause();
  };

  const indexText = (path: string, text: string, cfg: AnsibleCfg): Kept => {
    const role = roleFolderOf(path, root);
    const plugin = pluginKindOf(path, cfg);
    const kind = documentKind(path, text, place);
    const module = isModuleFile(path, cfg.library) ? moduleFactsOf(text) : undefined;
    return keptOf(text, {
      ...(module === undefined ? {} : { module }),
      ...(kind === undefined || kind === 'requirements'
        ? {}
        : { document: indexDocument(path, text, kind, role, (knowledge ??= knowledgeOf(facts))) }),
      ...(path.endsWith('.j2') ? { template: indexTemplate(path, text, role) } : {}),
      ...(plugin === undefined ? {} : { plugin: pluginsIn(plugin, path, text) }),
      ...(mayRunPlaybooks(path) ? { extra: extraVariables(text) } : {}),
      ...(kind === 'requirements' ? { required: requiredIn(text) } : {}),
    });
  };

  const cfgOf = async (): Promise<AnsibleCfg> => {
    const path = join(root, 'ansible.cfg');
    const text = await files.read(path).catch(() => undefined);
    return text === undefined ? NO_CFG : parseAnsibleCfg(text, path);
  };

  const assemble = async (
    at: ProjectTree,
    cfg: AnsibleCfg,
    { shape, hosts: keptHosts }: Partial<Pick<AnsibleProject, 'shape' | 'hosts'>>,
  ): Promise<AnsibleProject> => {
    const documents = new Map<string, IndexedDocument>();
    const templates = new Map<string, IndexedTemplate>();
    const extra = new Set<string>();
    const required = new Set<string>();
    const moduleFacts = new Map<string, ModuleFacts>();
    for (const [path, { document, template, module, extra: more, required: names }] of kept) {
      if (document !== undefined) documents.set(path, document);
      if (template !== undefined) templates.set(path, template);
      if (module !== undefined) moduleFacts.set(path, module);
      for (const name of more ?? []) extra.add(name);
      for (const name of names ?? []) required.add(name);
    }
    const { local, plugins, modules, moduleOptions } = localSources(at, cfg, {
      collections,
      kept,
      options: moduleFacts,
      isKnown: (name) => facts.modules[name] !== undefined,
    });
    if (
      knowledge === undefined ||
      !isSame(knowledge.localModules, modules) ||
      !isSameMap(knowledge.localOptions, moduleOptions)
    ) {
      knowledge = knowledgeOf(facts, modules, moduleOptions);
    }
    const hosts = keptHosts ?? (await inventoriesOf(at, cfg, files, options.inventory));
    return {
      shape: shape ?? {},
      root,
      tree: at,
      cfg,
      documents,
      templates,
      roles: rolesOf(at, cfg),
      required,
      hosts,
      plugins,
      collections: collectionsOf(at),
      local,
      extraVariables: extra,
      knowledge,
    };
  };

  const build = async (): Promise<AnsibleProject> => {
    since = performance.now();
    const found = await walkProject(root, files, pause);
    const cfg = await cfgOf();
    for (const path of kept.keys()) if (!found.files.has(path)) kept.delete(path);
    for (const path of found.files) await readFile(path, cfg);
    tree = found;
    collections = await readCollections(found, files, { hasOptions, documented, pause });
    current = await assemble(found, cfg, {});
    return current;
  };

  const update = async (
    paths: readonly string[],
    analysed: readonly PlaybookFacts[] = [],
  ): Promise<AnsibleProject> => {
    const before = current;
    if (before === undefined || tree === undefined) return build();
    if (paths.some((path) => basename(path) === 'ansible.cfg')) return build();
    since = performance.now();
    const changed = paths.filter((path) => path.startsWith(`${root}/`));
    const known = await withFiles(tree, changed, files);
    let isSameMeaning = known === tree;
    for (const path of changed) {
      const meaning = kept.get(path)?.meaning;
      const read = analysed.find((each) => each.path === path);
      if (known.files.has(path)) await readFile(path, before.cfg, read);
      else kept.delete(path);
      isSameMeaning &&= kept.get(path)?.meaning === meaning;
    }
    tree = known;
    const touchesHosts = changed.some(
      (path) =>
        /\/(?:group_vars|host_vars)\//.test(path) ||
        before.hosts.paths.some((each) => path === each || path.startsWith(`${each}/`)) ||
        isInventoryName(path.slice(root.length + 1)),
    );
    current = await assemble(known, before.cfg, {
      ...(touchesHosts ? {} : { hosts: before.hosts }),
      ...(isSameMeaning && !touchesHosts ? { shape: before.shape } : {}),
    });
    return current;
  };

  const learn = async (more: AnsibleFacts): Promise<void> => {
    [facts, knowledge] = [more, undefined];
    if (current === undefined) return;
    const { tree: at, cfg, hosts } = current;
    current = await assemble(at, cfg, { hosts });
  };
  return { build, update, learn, current: () => current };
}

function keptOf(text: string, of: Omit<Kept, 'text' | 'meaning'>): Kept {
  // Places are left out: they change with every line above.
  const meaning = JSON.stringify(of, (name, value: unknown) =>
    name === 'start' || name === 'end' ? undefined : value,
  );
  return { text, meaning, ...of };
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((name) => b.has(name));
}

function isSameMap(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): boolean {
  return a.size === b.size && [...a].every(([name, value]) => b.get(name) === value);
}

/** Which files are read at all; of the others it is enough that they are there. */
function isRead(path: string, cfg: AnsibleCfg): boolean {
  return (
    /\.(?:ya?ml|j2)$/i.test(path) ||
    mayRunPlaybooks(path) ||
    pluginKindOf(path, cfg) !== undefined ||
    isModuleFile(path, cfg.library) ||
    /\/(?:group_vars|host_vars)\/(?:[^/]+\/)*[^/.]+(?:\.json)?$/.test(path)
  );
}

/** The tree with files that came, and without those that went. */
async function withFiles(
  tree: ProjectTree,
  paths: readonly string[],
  files: InventoryFiles,
): Promise<ProjectTree> {
  const present = new Set(tree.files);
  const folders = new Set(tree.folders);
  let isSameTree = true;
  for (const path of paths) {
    const isThere = (await files.read(path).catch(() => undefined)) !== undefined;
    if (isThere === present.has(path)) continue;
    isSameTree = false;
    if (!isThere) present.delete(path);
    else {
      present.add(path);
      for (let folder = dirname(path); folder.startsWith(tree.root); folder = dirname(folder)) {
        folders.add(folder);
      }
    }
  }
  return isSameTree ? tree : { ...tree, files: present, folders };
}
