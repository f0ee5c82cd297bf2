/** Files and folders that a person moves in the editor: what names them goes along. */
import type { FileRename, WorkspaceEdit } from 'vscode-languageserver';
import type { FileMove } from '../../core/analysis/features.ts';
import type { AnsibleProject } from '../../core/analysis/ansible-project/project.ts';
import { pathOf } from '../paths.ts';
import type { ProjectTexts } from './occurrences.ts';
import { workspaceEdit } from './rename.ts';

/** Milliseconds for which an editor may take its time to do what we proposed. */
const REMEMBERED = 60_000;

/**
 * Moves that are an answer of ours come with their edits; editors ask about them once more all the
 * same, and would be told the edits twice.
 */
export function createProposedMoves(): {
  readonly add: (moves: readonly FileMove[]) => void;
  readonly take: (moves: readonly FileMove[]) => boolean;
} {
  let proposed: ReadonlySet<string> = new Set();
  let until = 0;
  const key = ({ from, to }: FileMove): string => `${from}\n${to}`;
  return {
    add: (moves) => {
      proposed = new Set(moves.map(key));
      until = performance.now() + REMEMBERED;
    },
    take: (moves) =>
      moves.length > 0 &&
      performance.now() < until &&
      moves.every((move) => proposed.has(key(move))),
  };
}

export function movesOf(files: readonly FileRename[]): FileMove[] {
  return files
    .filter(({ oldUri, newUri }) => oldUri.startsWith('file:') && newUri.startsWith('file:'))
    .map(({ oldUri, newUri }) => ({
      from: pathOf(oldUri).replace(/\/$/, ''),
      to: pathOf(newUri).replace(/\/$/, ''),
    }));
}

export async function renameFiles(
  moves: readonly FileMove[],
  projectOf: (path: string) => Promise<AnsibleProject | undefined>,
  texts: ProjectTexts,
): Promise<WorkspaceEdit | null> {
  const { editsForMoves } = await import('../../core/analysis/ansible-project/moves.ts');
  const projects = new Map<AnsibleProject, FileMove[]>();
  for (const move of moves) {
    const project = await projectOf(move.from);
    if (project !== undefined) projects.set(project, [...(projects.get(project) ?? []), move]);
  }
  const edits = [];
  for (const [project, own] of projects) {
    edits.push(...(await editsForMoves(project, own, texts.read)));
  }
  return edits.length === 0 ? null : workspaceEdit(edits, [], texts);
}
