/** The files that a list installs, beside it. */
import type { Link } from '../features.ts';
import type { FilesListFacts, FilesListProject } from './items.ts';

/** `path`: of the list, absolute. */
export function filesListLinks(
  { entries }: FilesListFacts,
  { files }: FilesListProject,
  path: string,
): Link[] {
  const folder = path.replace(/[\\/][^\\/]*$/, '');
  return entries.flatMap(({ path: { text, start, end } }): Link[] =>
    files?.has(`root${text}`) === true
      ? [
          {
            start,
            end,
            target: { path: `${folder}/root${text}` },
            tooltip: 'The file that is installed',
          },
        ]
      : [],
  );
}
