/** The nodes of the Project view: the parts of a project, and the files in their folders. */
import type { ProjectPart } from '../../core/project/contents.ts';
import type { OpenProject } from '../open-project.ts';

/** `kind` tells commands what it is; a playbook can be run, a missing part be created. */
export type ProjectViewNode =
  { readonly kind: 'project'; readonly project: OpenProject } | PartNode;

export type PartNode = {
  readonly kind: 'playbook' | 'missing' | 'file' | 'folder' | 'incomplete';
  readonly project: OpenProject;
  /** Absolute. */
  readonly path: string;
  readonly part: ProjectPart;
};

export function nodesOfParts(
  project: OpenProject,
  parts: readonly ProjectPart[],
  isInPlaybooks = false,
): PartNode[] {
  return parts.map((part) => ({
    kind: kindOf(part, isInPlaybooks),
    project,
    path: part.path,
    part,
  }));
}

/** Whether what stands below a part may be run as a playbook. */
export function holdsPlaybooks({ part, path }: ProjectPart): boolean {
  return part === 'playbooks' || /[\\/]playbooks$/.test(path);
}

/** `incomplete`: it exists, and templates of `rpi init` would add to it. */
function kindOf(part: ProjectPart, isInPlaybooks: boolean): PartNode['kind'] {
  if (!part.exists) return part.missing.length > 0 ? 'missing' : 'file';
  const isYaml = /\.ya?ml$/i.test(part.path);
  if (part.kind === 'file' && isYaml && (isInPlaybooks || part.part === 'main')) return 'playbook';
  if (part.missing.length > 0) return 'incomplete';
  return part.kind;
}

export function idOfPart(node: ProjectViewNode): string {
  const root = node.project.root.toString();
  return node.kind === 'project' ? root : `${root}\n${node.part.part ?? ''}\n${node.path}`;
}
