/**
 * What can be defined where: a document runs within playbooks, and what these bring together
 * (roles, includes, imported playbooks) shares its variables and handlers.
 */
import type { Handler } from './extract-types.ts';
import type { AnsibleProject, IndexedDocument } from './project.ts';
import { roleDocuments, roleFolders, targetsOf } from './search-paths.ts';

export type Reach = {
  /** Documents that may run together with this one, and itself. */
  readonly documents: ReadonlySet<string>;
  /** Some playbook brings it. */
  readonly isReached: boolean;
  /** Names of variables that may be defined, without those of Ansible. */
  readonly variables: ReadonlySet<string>;
  /** Others may be defined as well: something of it is not known before it runs. */
  readonly mayDefineMore: boolean;
  /** Other documents may belong to it: includes and roles that are not known. */
  readonly mayHoldMore: boolean;
  readonly handlers: readonly Handler[];
};

type Edges = { readonly to: readonly string[]; readonly isUnknown: boolean };

type Graph = {
  readonly closures: ReadonlyMap<string, ReadonlySet<string>>;
  readonly unknown: ReadonlySet<string>;
  readonly reaches: Map<string, Reach>;
};

const graphs = new WeakMap<object, Graph>();

/** Of a document by its path. */
export function reachOf(project: AnsibleProject, path: string): Reach {
  const graph = graphOf(project);
  const known = graph.reaches.get(path);
  if (known !== undefined) return known;
  const documents = new Set<string>([path]);
  let isReached = false;
  for (const closure of graph.closures.values()) {
    if (!closure.has(path)) continue;
    isReached = true;
    for (const each of closure) documents.add(each);
  }
  const reach = summarise(project, graph, documents, isReached);
  graph.reaches.set(path, reach);
  return reach;
}

/** Of a template: of all documents that use it, or may. */
export function reachOfTemplate(project: AnsibleProject, path: string): Reach {
  const graph = graphOf(project);
  const key = `template ${path}`;
  const known = graph.reaches.get(key);
  if (known !== undefined) return known;
  const role = project.templates.get(path)?.role;
  const users = [...project.documents.values()].filter((document) =>
    document.extract.files.some(
      (use) =>
        use.kind === 'template' && targetsOf(project, document.path, use).paths.includes(path),
    ),
  );
  const near =
    users.length > 0
      ? users
      : [...project.documents.values()].filter((each) => role === undefined || each.role === role);
  const documents = new Set<string>();
  let isReached = false;
  for (const user of near) {
    const reach = reachOf(project, user.path);
    isReached ||= reach.isReached;
    for (const each of reach.documents) documents.add(each);
  }
  const reach = summarise(project, graph, documents, isReached);
  graph.reaches.set(key, reach);
  return reach;
}

function summarise(
  project: AnsibleProject,
  graph: Graph,
  documents: ReadonlySet<string>,
  isReached: boolean,
): Reach {
  const variables = new Set<string>([...project.hosts.variables, ...project.extraVariables]);
  const handlers: Handler[] = [];
  // Without an inventory its variables come from elsewhere.
  let definesUnknown =
    !project.hosts.isComplete ||
    project.hosts.inventories.length === 0 ||
    project.cfg.hasVarsPlugins;
  let mayHoldMore = false;
  const add = ({ extract }: IndexedDocument): void => {
    for (const { name } of extract.definitions) variables.add(name);
    definesUnknown ||= extract.definesUnknown;
  };
  for (const path of documents) {
    const document = project.documents.get(path);
    if (document === undefined) continue;
    add(document);
    handlers.push(...document.extract.handlers);
    mayHoldMore ||= graph.unknown.has(path);
  }
  for (const document of project.documents.values()) {
    if (/\/(?:group_vars|host_vars)\//.test(document.path)) add(document);
  }
  for (const { binds, includes } of project.templates.values()) {
    if (includes) for (const name of binds) variables.add(name);
  }
  const mayDefineMore = definesUnknown || mayHoldMore;
  return { documents, isReached, variables, mayDefineMore, mayHoldMore, handlers };
}

function graphOf(project: AnsibleProject): Graph {
  const known = graphs.get(project.shape);
  if (known !== undefined) return known;
  const edges = new Map<string, Edges>();
  const unknown = new Set<string>();
  for (const document of project.documents.values()) {
    const found = edgesOf(project, document);
    edges.set(document.path, found);
    if (found.isUnknown) unknown.add(document.path);
  }
  const closures = new Map<string, ReadonlySet<string>>();
  for (const { path, kind } of project.documents.values()) {
    if (kind === 'playbook') closures.set(path, closureOf(path, edges));
  }
  const graph = { closures, unknown, reaches: new Map<string, Reach>() };
  graphs.set(project.shape, graph);
  return graph;
}

function closureOf(path: string, edges: ReadonlyMap<string, Edges>): Set<string> {
  const closure = new Set<string>([path]);
  for (const each of closure) for (const to of edges.get(each)?.to ?? []) closure.add(to);
  return closure;
}

/** The documents that one brings with it. */
function edgesOf(project: AnsibleProject, { path, extract }: IndexedDocument): Edges {
  const to = new Set<string>();
  let isUnknown = false;
  for (const use of extract.files) {
    if (use.kind === 'template' || use.kind === 'file') continue;
    const targets = targetsOf(project, path, use);
    // One that is missing may be made while it runs.
    if (targets.isUnknown || targets.paths.length === 0) isUnknown = true;
    for (const target of targets.paths) {
      if (project.documents.has(target)) to.add(target);
      // A file that is there and was not understood, such as an encrypted one.
      else if (use.kind !== 'vars-folder') isUnknown = true;
    }
  }
  for (const role of extract.roles) {
    const folders = roleFolders(project, path, role);
    if (folders === undefined || folders.length === 0) isUnknown = true;
    for (const folder of folders ?? []) {
      for (const document of roleDocuments(project, folder, role)) to.add(document);
    }
  }
  return { to: [...to], isUnknown };
}
