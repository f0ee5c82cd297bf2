/** A folder of Ansible’s with its index, as the rules need it: for `rpi lint` and for the editor. */
import { isAbsolute, join } from 'node:path';
import { createAnsibleIndex, type AnsibleIndex } from '../analysis/ansible-project/index.ts';
import type { AnsibleProject } from '../analysis/ansible-project/project.ts';
import type { TemplateProject } from '../analysis/ansible-project/template-language.ts';
import type { InventoryProject } from '../analysis/inventory/project.ts';
import { knowledgeOf, type Knowledge } from '../analysis/playbook/knowledge.ts';
import type { AnsiblePlaybookProject } from '../analysis/playbook/rules/project/project.ts';
import type { RpiYmlProject } from '../analysis/rpi-yml/project.ts';
import { loadAnsibleFacts } from '../data/ansible-facts.ts';
import type { PlaybookPlace } from '../formats/playbook/document-kind.ts';
import type { InventoryFiles } from '../inventory/files.ts';
import type { Project } from '../project/project.ts';

export type AnsibleFolder = {
  readonly root: string;
  readonly index: AnsibleIndex;
  readonly place: PlaybookPlace;
  /** What is known before the index is there. */
  readonly knowledge: Knowledge;
  /** By ansible.cfg every play runs as root. */
  readonly isRoot: boolean;
};

/** `project`: that of the folder’s rpi.yml, where it has one without faults. */
export async function openAnsibleFolder(
  root: string,
  files: InventoryFiles,
  project: Project | undefined,
): Promise<AnsibleFolder> {
  const facts = await loadAnsibleFacts();
  const place = { root, playbooks: playbooksOf(root, project) };
  const inventory = project === undefined ? {} : { inventory: project.inventory };
  const index = createAnsibleIndex({ root, files, facts, place, ...inventory });
  const cfg = (await files.read(join(root, 'ansible.cfg')).catch(() => undefined)) ?? '';
  const isRoot =
    /^become\s*=\s*(?:true|yes|on|1)\s*$/im.test(cfg) || /^remote_user\s*=\s*root\s*$/im.test(cfg);
  return { root, index, place, knowledge: knowledgeOf(facts), isRoot };
}

let alone: Promise<Knowledge> | undefined;

/** Knows modules only: for a document in no folder of Ansible’s. The same one each time. */
export async function withoutFolder(): Promise<AnsiblePlaybookProject> {
  alone ??= loadAnsibleFacts().then((facts) => knowledgeOf(facts));
  return { knowledge: await alone, place: { isAnsible: true }, ansible: undefined };
}

/** What rules of playbooks and variables need. `isAnsible`: the editor was told so. */
export function playbookProject(
  { index, place, knowledge, isRoot }: AnsibleFolder,
  isAnsible: boolean,
): AnsiblePlaybookProject {
  const ansible = index.current();
  return {
    knowledge: ansible?.knowledge ?? knowledge,
    place: isAnsible ? { ...place, isAnsible } : place,
    ansible,
    becomesElsewhere: isRoot || (ansible !== undefined && becomesElsewhere(ansible)),
  };
}

export function templateProject({ index, knowledge }: AnsibleFolder): TemplateProject {
  const ansible = index.current();
  return { knowledge: ansible?.knowledge ?? knowledge, ansible };
}

/** Of the inventory that the file is a part of, with what its other files say. */
export function inventoryProject({ index }: AnsibleFolder, path: string): InventoryProject {
  const hosts = index.current()?.hosts;
  if (hosts === undefined) return {};
  const own = hosts.paths.find((each) => path.startsWith(`${each}/`));
  if (own === undefined) return {};
  const others = [...hosts.files].filter(([file]) => file !== path && file.startsWith(`${own}/`));
  return { children: others.flatMap(([, memberships]) => memberships) };
}

export function rpiYmlProject({ index, root }: AnsibleFolder): RpiYmlProject {
  const ansible = index.current();
  if (ansible === undefined) return {};
  const { tree, hosts } = ansible;
  const below = (paths: ReadonlySet<string>): string[] =>
    [...paths].map((path) => path.slice(root.length + 1));
  const groups = new Set(hosts.inventories.flatMap((each) => Object.keys(each.groups)));
  return {
    exists: (path) => {
      const at = join(root, path);
      return tree.files.has(at) || tree.folders.has(at);
    },
    // Editors open files, not folders.
    pathOf: (path) => {
      const at = join(root, path);
      return tree.files.has(at) ? at : undefined;
    },
    ...(hosts.isComplete ? { groups } : {}),
    files: below(tree.files),
  };
}

function playbooksOf(root: string, project: Project | undefined): ReadonlySet<string> {
  if (project === undefined) return new Set();
  const { upgrade, provision, verify_environment, deploy, verify_deployment } =
    project.config.ansible;
  const named = [upgrade, provision, verify_environment, deploy, verify_deployment];
  return new Set(
    named.flatMap((path) => (path === null ? [] : [isAbsolute(path) ? path : join(root, path)])),
  );
}

/** Every host logs in as root, or becomes root by the inventory. */
function becomesElsewhere({ hosts }: AnsibleProject): boolean {
  const all = hosts.inventories.flatMap((inventory) => inventory.hosts);
  return all.length > 0 && all.every(({ become, user }) => become || user === 'root');
}
