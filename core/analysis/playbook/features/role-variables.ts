/** The variables that a role takes: offered where somebody uses it, below `vars`. */
import type { AnsibleProject } from '../../ansible-project/project.ts';
import type { Completion } from '../../features.ts';
import type { Level } from './level.ts';
import type { LinePlace } from './line-place.ts';

/** Undefined where the place is not below the `vars` of a role that the project has. */
export function roleVariablesFor(
  text: string,
  place: LinePlace,
  level: Level,
  project: AnsibleProject | undefined,
): Completion[] | undefined {
  const isBelowVars =
    place.path.at(-1) === 'vars' && level.kind === 'other' && level.path.length === 1;
  if (!isBelowVars || place.valueOf !== undefined || project === undefined) return undefined;
  const role = roleAround(text, place, place.path.at(-2) === 'roles');
  const folders = project.roles.get(role ?? '') ?? [];
  const found = new Map<string, string>();
  for (const { path, extract } of project.documents.values()) {
    const isOfRole = folders.some(
      (folder) => path.startsWith(`${folder}/defaults/`) || path.startsWith(`${folder}/meta/`),
    );
    if (!isOfRole) continue;
    for (const { name, by } of extract.definitions) {
      const isParameter = by === 'argument_spec' || path.includes('/defaults/');
      if (isParameter && !found.has(name)) found.set(name, path.slice(project.root.length + 1));
    }
  }
  const { word, siblings, hasColon } = place;
  return [...found]
    .filter(([name]) => !siblings.has(name))
    .map(([name, where]) => ({
      label: name,
      kind: 'variable',
      detail: where,
      range: word,
      text: hasColon ? name : `${name}: `,
      order: name,
    }));
}

/** The role of the entry of `roles`, or the task, that the place is in: by lines, as it is typed. */
function roleAround(text: string, place: LinePlace, isEntry: boolean): string | undefined {
  const lines = entryAround(text, place);
  if (isEntry) {
    return /^[ -]*(?:role|name):[ \t]+["']?([\w.-]+)/m.exec(lines)?.[1];
  }
  const call =
    /^([ -]*)(?:ansible\.(?:builtin|legacy)\.)?(?:include|import)_role:[ \t]*(.*)\n?/m.exec(lines);
  if (call === null) return undefined;
  const [all, lead = '', inline = ''] = call;
  const name = /(?:^|[\s{,])name\s*[=:]\s*["']?([\w.-]+)/;
  if (inline.trim() !== '') return name.exec(inline)?.[1];
  for (const line of lines.slice(call.index + all.length).split('\n')) {
    if (line.trim() !== '' && line.search(/\S/) <= lead.length) return undefined;
    const found = name.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The lines of the list’s item that the place is in. */
function entryAround(text: string, { word, column }: LinePlace): string {
  let start = text.lastIndexOf('\n', word.start - 1) + 1;
  let dash: number | undefined;
  while (start > 0 && dash === undefined) {
    const before = text.lastIndexOf('\n', start - 2) + 1;
    const lead = /^( *)-(?: |$)/.exec(text.slice(before, start).trimEnd())?.[1]?.length;
    if (lead !== undefined && lead < column - 2) dash = lead;
    start = before;
  }
  const lines = text.slice(start).split('\n');
  const end = lines.findIndex(
    (line, index) => index > 0 && line.trim() !== '' && line.search(/\S/) <= (dash ?? 0),
  );
  return lines.slice(0, end < 0 ? undefined : end).join('\n');
}
