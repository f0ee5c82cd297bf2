/** What must be written differently where files and folders of a project go elsewhere. */
import { basename, dirname, extname, isAbsolute, join, relative } from 'node:path';
import type { FileMove, ReadText } from '../features.ts';
import type { FileEdits } from '../finding.ts';
import { filesWithPaths, pathUsesIn, type PathUse } from './path-uses.ts';
import type { AnsibleProject } from './project.ts';

/**
 * The edits of the files that name what moves, and of what moves itself, by the paths they have
 * before. What is still found afterwards stays as it is.
 */
export async function editsForMoves(
  project: AnsibleProject,
  moves: readonly FileMove[],
  read: ReadText,
): Promise<FileEdits[]> {
  const moved = movedBy(moves);
  const isAffected = affectedBy(project, moves);
  const files: FileEdits[] = [];
  for (const path of filesWithPaths(project).sort()) {
    const text = await read(path);
    if (text === undefined || !isAffected(path, text)) continue;
    const isPlaybook = project.documents.get(path)?.kind === 'playbook';
    const edits = pathUsesIn(project, path, text).flatMap((use) => {
      const written = writtenAfter(use, path, moved, isPlaybook);
      return written === undefined || written === use.written
        ? []
        : [{ start: use.start, end: use.end, text: written }];
    });
    const seen = new Set<number>();
    const once = edits.filter(({ start }) => !seen.has(start) && seen.add(start));
    if (once.length > 0) files.push({ path, edits: once });
  }
  return files;
}

type Moved = (path: string) => string;

function movedBy(moves: readonly FileMove[]): Moved {
  return (path) => {
    for (const { from, to } of moves) {
      if (path === from) return to;
      if (path.startsWith(`${from}/`)) return `${to}${path.slice(from.length)}`;
    }
    return path;
  };
}

/** A file alone is named by its name; of a folder that moves anything may be named anywhere. */
function affectedBy(
  { tree }: AnsibleProject,
  moves: readonly FileMove[],
): (path: string, text: string) => boolean {
  const isAnything = moves.some(({ from }) => tree.folders.has(from));
  const names = moves.map(({ from }) => basename(from, extname(from)));
  const own = new Set(moves.map(({ from }) => from));
  return (path, text) => isAnything || own.has(path) || names.some((name) => text.includes(name));
}

/** Undefined where it still means the same. */
function writtenAfter(
  use: PathUse,
  from: string,
  moved: Moved,
  isPlaybook: boolean,
): string | undefined {
  const { written, target, placesOf } = use;
  const [newTarget, newFrom] = [moved(target), moved(from)];
  if (newTarget === target && newFrom === from) return undefined;
  if (use.isRole === true) {
    return written.slice(0, written.lastIndexOf('/') + 1) + basename(newTarget);
  }
  if (isAbsolute(written)) return newTarget;
  const before = placesOf(from, written);
  // Folders that move take their places along.
  const along = placesOf(from, SOMETHING).flatMap((place) => {
    const folder = moved(dirname(place));
    return folder === dirname(place) ? [] : [join(folder, `${written}${extname(place)}`)];
  });
  const bases = placesOf(newFrom, SOMETHING).map(dirname);
  // Of the folders of playbooks, that of the one that runs counts: its own.
  const own = placesOf(newFrom, written).filter(
    (_, index) =>
      !isPlaybook ||
      newFrom === from ||
      `${bases[index] ?? ''}/`.startsWith(`${dirname(newFrom)}/`),
  );
  if ([...own, ...along].includes(newTarget)) return undefined;
  // The place that it was found at, as a path from where such paths count.
  const index = before.indexOf(target);
  const base = placesOf(newFrom, SOMETHING)[index];
  const folder = base === undefined ? dirname(newFrom) : dirname(moved(base));
  const fromPlace = relative(folder, newTarget);
  const fromFile = relative(dirname(newFrom), newTarget);
  const isShorter =
    fromFile.length < fromPlace.length && placesOf(newFrom, fromFile).includes(newTarget);
  const path = isShorter ? fromFile : fromPlace;
  const isShort = extname(written) === '' && extname(target) !== '';
  const short = isShort ? path.replace(/\.ya?ml$/, '') : path;
  return written.startsWith('./') && !short.startsWith('.') ? `./${short}` : short;
}

const SOMETHING = 'something';
