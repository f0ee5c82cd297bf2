/** Variables that are given on command lines: in tasks of the editor, scripts, make files, docs. */

/** Whether a file may hold command lines. */
export function mayRunPlaybooks(path: string): boolean {
  return (
    /(?:^|\/)(?:Makefile|justfile|Justfile|Taskfile\.ya?ml|tasks\.json|launch\.json|Jenkinsfile|tox\.ini|Vagrantfile)$/.test(
      path,
    ) || /\.(?:sh|md|mk|bash)$|(?:^|\/)\.git(?:hub\/workflows\/.*|lab-ci\.ya?ml)$/.test(path)
  );
}

/** Names behind `-e` and `--extra-vars`; also of a JSON or YAML mapping there. */
export function extraVariables(text: string): string[] {
  const names = new Set<string>();
  const flat = text.replaceAll('\\"', '"').replace(/\\\n/g, ' ');
  for (const match of flat.matchAll(
    /(?:^|[\s"'[,])(?:-e|--extra-vars|--extra_vars)(?:[\s=]|["'],\s*["'])+([^\n]*)/g,
  )) {
    const rest = match[1] ?? '';
    for (const assignment of rest.matchAll(/(?:^|[\s"'{,])([A-Za-z_]\w*)["']?\s*[=:]/g)) {
      names.add(assignment[1] ?? '');
    }
  }
  return [...names];
}
