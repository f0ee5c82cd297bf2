/** Names of projects in a window with several: as short as they are still told apart. */

/** `folder` and `root` are paths with `/`; `root` is `folder` or below it. */
export function labelsOf(
  projects: readonly { readonly name: string; readonly folder: string; readonly root: string }[],
): readonly string[] {
  const labels = projects.map(({ name, folder, root }) => {
    const below = root.slice(folder.length).replace(/^\//, '');
    return below === '' ? name : `${name}/${below}`;
  });
  return labels.map((label, index) =>
    labels.indexOf(label) === index && labels.lastIndexOf(label) === index
      ? label
      : `${label} (${projects[index]?.root ?? ''})`,
  );
}

/**
 * One of each root: of open folders within one another the nearest to it. In the order in which the
 * roots came first.
 */
export function onePerRoot<Found extends { readonly folder: string; readonly root: string }>(
  found: readonly Found[],
): readonly Found[] {
  const nearest = new Map<string, Found>();
  for (const each of found) {
    const before = nearest.get(each.root);
    if (before === undefined || before.folder.length < each.folder.length) {
      nearest.set(each.root, each);
    }
  }
  return [...nearest.values()];
}

/** Of several paths with `/` the one that is least deep, then the first by name. */
export function leastDeep(paths: readonly string[]): string | undefined {
  const depth = (path: string): number => path.split('/').length;
  return [...paths].sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))[0];
}
