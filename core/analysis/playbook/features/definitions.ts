/** Where roles, modules and plugins of a project begin, and what names a file. */
import { filesWithPaths, pathUsesIn } from '../../ansible-project/path-uses.ts';
import type { PluginKind } from '../../ansible-project/plugin-exports.ts';
import type { AnsibleProject } from '../../ansible-project/project.ts';
import { roleFolders } from '../../ansible-project/search-paths.ts';
import type { Named, Occurrence, ReadText } from '../../features.ts';

/** The first file of the role; that of a collection too, which lies in the project. */
export async function roleDefinition(
  { name }: Named,
  project: AnsibleProject,
  path: string,
  read: ReadText,
): Promise<Occurrence[]> {
  const own = project.local.roles.get(name);
  const folders =
    own === undefined ? roleFolders(project, path, { name, isDynamic: false }) : [own];
  const found: Occurrence[] = [];
  for (const folder of folders ?? []) {
    const first = await firstThere(
      ['tasks', 'meta', 'defaults', 'handlers', 'vars'].flatMap((part) => [
        `${folder}/${part}/main.yml`,
        `${folder}/${part}/main.yaml`,
      ]),
      async (file) =>
        project.tree.files.has(file) || (own !== undefined && (await read(file)) !== undefined),
    );
    if (first !== undefined) found.push({ path: first, start: 0, end: 0, isDefinition: true });
  }
  return found;
}

async function firstThere(
  files: readonly string[],
  isThere: (file: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (const file of files) if (await isThere(file)) return file;
  return undefined;
}

/** In the Python file that brings it: where its documentation, its function or its name stands. */
export async function pluginDefinition(
  kind: PluginKind | 'module',
  written: string,
  { local }: AnsibleProject,
  read: ReadText,
): Promise<Occurrence[]> {
  const path = (kind === 'module' ? local.modules : local.plugins[kind]).get(written);
  const text = path === undefined ? undefined : await read(path);
  if (path === undefined || text === undefined) return [];
  const name = written.slice(written.lastIndexOf('.') + 1).replace(/[^\w]/g, '');
  const places =
    kind === 'module'
      ? [/^DOCUMENTATION\b/m]
      : [new RegExp(`^\\s*def (?=${name}\\b)`, 'm'), new RegExp(`["'](?=${name}["'])`)];
  for (const place of places) {
    const match = place.exec(text);
    if (match === null) continue;
    const start = match.index + (kind === 'module' ? 0 : match[0].length);
    return [{ path, start, end: start, isDefinition: true }];
  }
  return [{ path, start: 0, end: 0, isDefinition: true }];
}

/** The file itself, and every place where its path is written out. */
export async function fileOccurrences(
  target: string,
  project: AnsibleProject,
  read: ReadText,
): Promise<Occurrence[]> {
  const found: Occurrence[] = [{ path: target, start: 0, end: 0, isDefinition: true }];
  const name = target.slice(target.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  for (const path of filesWithPaths(project).sort()) {
    const text = await read(path);
    if (text?.includes(name) !== true) continue;
    for (const use of pathUsesIn(project, path, text)) {
      if (use.target !== target) continue;
      found.push({ path, start: use.start, end: use.end, isDefinition: false });
    }
  }
  return found;
}
