/**
 * The index of a project's files. Texts come through `files`, where unsaved ones win. It is built in
 * slices between which other work is done; a file that changed is read again alone.
 */
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { AnsibleFacts } from '../../data/ansible-facts.ts';
import { kindOf, type PlaybookPlace } from '../../formats/playbook/document-kind.ts';
import { withChildren } from '../../formats/playbook/model.ts';
import { listOf, childOf, resolved, textOf } from '../../formats/playbook/node.ts';
import { parseYamlNodes } from '../../formats/playbook/yaml-nodes.ts';
import { splitPlaybook } from '../../formats/playbook/split.ts';
import { readHeader } from '../../formats/jinja/delimiters.ts';
import { parseTemplate } from '../../formats/jinja/parse.ts';
import { referencesOf } from '../../formats/jinja/references.ts';
import type { InventoryFiles } from '../../inventory/files.ts';
import { readInventory } from '../../inventory/load.ts';
import type { Inventory } from '../../inventory/host.ts';
import { factsOf, type PlaybookFacts } from '../playbook/facts.ts';
import { knowledgeOf, type Knowledge } from '../playbook/knowledge.ts';
import { NO_CFG, parseAnsibleCfg, type AnsibleCfg } from './ansible-cfg.ts';
import { extract } from './extract.ts';
import { extraVariables, mayRunPlaybooks } from './extra-variables.ts';
import {
  collectionsOf,
  localModulesOf,
  pluginKindOf,
  pluginNames,
  type PluginKind,
} from './plugins.ts';
import {
  roleFolderOf,
  type AnsibleProject,
  type IndexedDocument,
  type IndexedTemplate,
  type ProjectInventories,
} from './project.ts';
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
  /** Reads these files again: they changed, came or went. */
  readonly update: (paths: readonly string[]) => Promise<AnsibleProject>;
  /** What was built last. */
  readonly current: () => AnsibleProject | undefined;
};

/** What is kept of a file. */
type Kept = {
  readonly text: string;
  readonly document?: IndexedDocument;
  readonly template?: IndexedTemplate;
  readonly plugin?: { readonly kind: PluginKind; readonly names: readonly string[] };
  readonly extra?: readonly string[];
  readonly required?: readonly string[];
};

/** Larger ones hold data, not playbooks. */
const LARGEST_TEXT = 2_000_000;

export function createAnsibleIndex(options: IndexOptions): AnsibleIndex {
  const { root, files, facts, place = { root }, slice = 8 } = options;
  const kept = new Map<string, Kept>();
  let tree: ProjectTree | undefined;
  let current: AnsibleProject | undefined;
  let knowledge: Knowledge | undefined;
  let since = 0;

  const pause = async (): Promise<void> => {
    if (performance.now() - since < slice) return;
    await setImmediate();
    since = performance.now();
  };

  const readFile = async (path: string, cfg: AnsibleCfg): Promise<void> => {
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
    const plugin = pluginKindOf(path, cfg.filterPlugins);
    const kind = documentKind(path, text, place);
    return {
      text,
      ...(kind === undefined || kind === 'requirements'
        ? {}
        : { document: indexDocument(path, text, kind, role, knowledge ?? knowledgeOf(facts)) }),
      ...(path.endsWith('.j2') ? { template: indexTemplate(path, text, role) } : {}),
      ...(plugin === undefined ? {} : { plugin: { kind: plugin, names: pluginNames(path, text) } }),
      ...(mayRunPlaybooks(path) ? { extra: extraVariables(text) } : {}),
      ...(kind === 'requirements' ? { required: requiredIn(text) } : {}),
    };
  };

  const cfgOf = async (): Promise<AnsibleCfg> => {
    const path = join(root, 'ansible.cfg');
    const text = await files.read(path).catch(() => undefined);
    return text === undefined ? NO_CFG : parseAnsibleCfg(text, path);
  };

  const assemble = async (at: ProjectTree, cfg: AnsibleCfg, keepHosts: boolean): Promise<AnsibleProject> => {
    const documents = new Map<string, IndexedDocument>();
    const templates = new Map<string, IndexedTemplate>();
    const plugins = { filter: new Set<string>(), test: new Set<string>(), lookup: new Set<string>() };
    const extra = new Set<string>();
    const required = new Set<string>();
    for (const [path, { document, template, plugin, extra: more, required: names }] of kept) {
      if (document !== undefined) documents.set(path, document);
      if (template !== undefined) templates.set(path, template);
      for (const name of plugin?.names ?? []) plugins[plugin?.kind ?? 'filter'].add(name);
      for (const name of more ?? []) extra.add(name);
      for (const name of names ?? []) required.add(name);
    }
    const modules = localModulesOf(at, cfg.library);
    if (knowledge === undefined || !isSame(knowledge.localModules, modules)) {
      knowledge = knowledgeOf(facts, modules);
    }
    const hosts =
      keepHosts && current !== undefined
        ? current.hosts
        : await inventoriesOf(at, cfg, files, options.inventory);
    return {
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
    current = await assemble(found, cfg, false);
    return current;
  };

  const update = async (paths: readonly string[]): Promise<AnsibleProject> => {
    const before = current;
    if (before === undefined || tree === undefined) return build();
    if (paths.some((path) => basename(path) === 'ansible.cfg')) return build();
    since = performance.now();
    const changed = paths.filter((path) => path.startsWith(`${root}/`));
    const known = await withFiles(tree, changed, files);
    for (const path of changed) {
      if (known.files.has(path)) await readFile(path, before.cfg);
      else kept.delete(path);
    }
    tree = known;
    const touchesHosts = changed.some(
      (path) =>
        /\/(?:group_vars|host_vars)\//.test(path) ||
        before.hosts.paths.some((each) => path === each || path.startsWith(`${each}/`)) ||
        isInventoryName(path.slice(root.length + 1)),
    );
    current = await assemble(known, before.cfg, !touchesHosts);
    return current;
  };

  return { build, update, current: () => current };
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((name) => b.has(name));
}

/** Which files are read at all; of the others it is enough that they are there. */
function isRead(path: string, cfg: AnsibleCfg): boolean {
  return (
    /\.(?:ya?ml|j2)$/i.test(path) ||
    mayRunPlaybooks(path) ||
    pluginKindOf(path, cfg.filterPlugins) !== undefined ||
    /\/(?:group_vars|host_vars)\/(?:[^/]+\/)*[^/.]+(?:\.json)?$/.test(path)
  );
}

function documentKind(
  path: string,
  text: string,
  place: PlaybookPlace,
): IndexedDocument['kind'] | undefined {
  if (/\/meta\/argument_specs\.ya?ml$/.test(path)) return 'vars';
  // Ansible reads these by any of its extensions, and without one.
  if (/\/(?:group_vars|host_vars)\/(?:[^/]+\/)*[^/.]+(?:\.json)?$/.test(path)) return 'vars';
  return /\.ya?ml$/i.test(path) ? kindOf(path, text, place) : undefined;
}

/** A document as rules see it, without its findings. */
export function readDocument(
  path: string,
  text: string,
  kind: IndexedDocument['kind'],
  knowledge: Knowledge,
): PlaybookFacts {
  const items = splitPlaybook(text, kind, []);
  const parts = items.map(({ item, start }) => ({ facts: item, start }));
  return factsOf(parts, text, { kind, path, knowledge });
}

function indexDocument(
  path: string,
  text: string,
  kind: IndexedDocument['kind'],
  role: string | undefined,
  knowledge: Knowledge,
): IndexedDocument {
  const facts = readDocument(path, text, kind, knowledge);
  const taskNames = facts.tasks.flatMap(({ of }) =>
    [...withChildren(of)].flatMap((task) => textOf(task.keywords.get('name')?.value) ?? []),
  );
  return { path, kind, extract: extract(facts), role, taskNames };
}

function indexTemplate(path: string, text: string, role: string | undefined): IndexedTemplate {
  const { bindings, templates } = referencesOf(parseTemplate(text, readHeader(text)));
  const binds = [...new Set(bindings.map(({ name }) => name))];
  return { path, role, binds, includes: templates.length > 0 };
}

/** Roles and collections of a requirements.yml; also names by which galaxy makes the folder. */
function requiredIn(text: string): string[] {
  const root = parseYamlNodes(text).roots[0];
  if (root === undefined) return [];
  const lists = resolved(root).kind === 'sequence' ? [root] : [childOf(root, 'roles'), childOf(root, 'collections')];
  return lists.flatMap((list) =>
    listOf(list).flatMap((item) => {
      const names = [textOf(item), textOf(childOf(item, 'name')), textOf(childOf(item, 'src'))];
      return names.flatMap((name) =>
        name === undefined ? [] : [name, basename(name).replace(/\.git$|\.tar\.gz$/, '')],
      );
    }),
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

const ROLE_PARTS = ['tasks', 'handlers', 'defaults', 'vars', 'meta', 'templates', 'files'];

/** Every folder that is a role: in a folder of roles, or with a role's parts. */
function rolesOf(tree: ProjectTree, cfg: AnsibleCfg): Map<string, string[]> {
  const roles = new Map<string, string[]>();
  for (const folder of tree.folders) {
    const parent = dirname(folder);
    const isRole =
      basename(parent) === 'roles' ||
      cfg.rolesPath.includes(parent) ||
      ['tasks', 'defaults', 'meta'].some((part) =>
        ['main.yml', 'main.yaml'].some((name) => tree.files.has(join(folder, part, name))),
      );
    const name = basename(folder);
    if (!isRole || folder === tree.root || ROLE_PARTS.includes(name)) continue;
    roles.set(name, [...(roles.get(name) ?? []), folder]);
  }
  return roles;
}

function isInventoryName(below: string): boolean {
  return (
    /^(?:(?:inventor(?:y|ies)|environments)\/(?:[^/]+\/)*)?(?:hosts|inventory)(?:\.(?:ya?ml|ini|json))?$/.test(
      below,
    ) || /^inventor(?:y|ies)\/(?:[^/]+\/)?[^/]+\.(?:ya?ml|ini)$/.test(below)
  );
}

/** Those that are named, and those that look like one. */
async function inventoriesOf(
  tree: ProjectTree,
  cfg: AnsibleCfg,
  files: InventoryFiles,
  named: string | undefined,
): Promise<ProjectInventories> {
  const paths = new Set<string>([...(named === undefined ? [] : [named]), ...cfg.inventories]);
  const own = [...paths];
  for (const path of tree.files) {
    const below = path.slice(tree.root.length + 1);
    if (!isInventoryName(below) || own.some((each) => path.startsWith(`${each}/`))) continue;
    if (!/(?:^|\/)(?:group_vars|host_vars)\//.test(below)) paths.add(path);
  }
  const inventories: Inventory[] = [];
  const variables = new Set<string>();
  let isComplete = true;
  for (const path of paths) {
    if (!tree.files.has(path) && !tree.folders.has(path)) {
      // A missing one is no inventory; outside of the project nothing is known.
      if (!path.startsWith(`${tree.root}/`)) isComplete = false;
      continue;
    }
    try {
      const loaded = await readInventory(
        { root: tree.root, inventory: path },
        {
          files,
          leftOut: () => {
            isComplete = false;
          },
        },
      );
      inventories.push(loaded.inventory);
      for (const group of loaded.graph.groups.values()) {
        for (const name of group.variables.keys()) variables.add(name);
      }
      for (const host of loaded.graph.hosts.values()) {
        for (const name of host.variables.keys()) variables.add(name);
      }
    } catch {
      isComplete = false;
    }
  }
  return { inventories, paths: [...paths], isComplete, variables };
}
