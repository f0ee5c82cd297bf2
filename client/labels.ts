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

/** Of several paths with `/` the one that is least deep, then the first by name. */
export function leastDeep(paths: readonly string[]): string | undefined {
  const depth = (path: string): number => path.split('/').length;
  return [...paths].sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))[0];
}
