/** Names that are names of files: what moves where they change. */
import { basename, dirname, extname, join } from 'node:path';
import { editsForMoves } from '../../ansible-project/moves.ts';
import { pathUsesIn } from '../../ansible-project/path-uses.ts';
import type { AnsibleProject } from '../../ansible-project/project.ts';
import { roleFolders } from '../../ansible-project/search-paths.ts';
import type { FileMove, Moves, Named, ReadText } from '../../features.ts';

const NOTHING: Moves = { moves: [], edits: [] };

/** Of a file at `named`, which stands in the document at `path`; of a role, a host or a group. */
export async function movesFor(
  named: Named,
  newName: string,
  project: AnsibleProject,
  path: string,
  read: ReadText,
): Promise<Moves> {
  switch (named.kind) {
    case 'file': {
      const move = await fileMove(named, newName, project, path, read);
      return move === undefined ? NOTHING : withEdits([move], project, read);
    }
    case 'role': {
      const [folder] = roleFolders(project, path, { name: named.name, isDynamic: false }) ?? [];
      if (folder === undefined || !project.tree.folders.has(folder)) return NOTHING;
      const to = join(dirname(folder), basename(newName));
      return withEdits([{ from: folder, to }], project, read);
    }
    case 'host':
    case 'group':
      // Their variables go along; nothing else names these files.
      return { moves: variableFiles(named, newName, project), edits: [] };
    default:
      return NOTHING;
  }
}

async function withEdits(
  moves: readonly FileMove[],
  project: AnsibleProject,
  read: ReadText,
): Promise<Moves> {
  return { moves, edits: await editsForMoves(project, moves, read) };
}

/** A new path is written from where the old one was. */
async function fileMove(
  { path: from, start, end }: Named,
  newName: string,
  project: AnsibleProject,
  path: string,
  read: ReadText,
): Promise<FileMove | undefined> {
  const text = await read(path);
  if (from === undefined || text === undefined) return undefined;
  const use = pathUsesIn(project, path, text).find(
    (each) => each.target === from && each.start < end && start < each.end,
  );
  if (use === undefined) return undefined;
  const index = use.placesOf(path, use.written).indexOf(from);
  const isShort = extname(use.written) === '' && extname(from) !== '';
  const written =
    isShort && extname(newName) !== '' ? newName.slice(0, -extname(newName).length) : newName;
  const to = use.placesOf(path, written)[index];
  return to === undefined ? undefined : { from, to };
}

function variableFiles(
  { kind, name }: Named,
  newName: string,
  { tree }: AnsibleProject,
): FileMove[] {
  const folder = kind === 'host' ? 'host_vars' : 'group_vars';
  return [...tree.files, ...tree.folders].flatMap((from) => {
    if (basename(dirname(from)) !== folder) return [];
    const last = basename(from);
    const extension = /\.(?:ya?ml|json)$/.exec(last)?.[0] ?? '';
    const own = tree.folders.has(from) ? last : last.slice(0, last.length - extension.length);
    return own === name ? [{ from, to: join(dirname(from), `${newName}${extension}`) }] : [];
  });
}
