/** Every place of a project where the path of a file stands, or the name of a role. */
import { dirname, isAbsolute, join } from 'node:path';
import { readHeader } from '../../formats/jinja/delimiters.ts';
import { parseTemplate } from '../../formats/jinja/parse.ts';
import type { LookupUse } from '../../formats/jinja/reference-types.ts';
import { referencesOf } from '../../formats/jinja/references.ts';
import type { Range } from '../../formats/playbook/node.ts';
import { placed, type PlaybookFacts } from '../playbook/facts.ts';
import { extractOf } from '../playbook/rules/project/project.ts';
import { filesIn } from '../rpi-yml/files.ts';
import { readRpiYml } from '../rpi-yml/facts.ts';
import type { FileUse, RoleUse } from './extract-types.ts';
import type { AnsibleProject } from './project.ts';
import { readDocument } from './read-document.ts';
import { candidates, roleFolders } from './search-paths.ts';
import { templateUsesOf } from './template-uses.ts';

export type PathUse = Range & {
  readonly written: string;
  /** The file that is meant, or the folder of the role. */
  readonly target: string;
  /** Places that a path written here may mean, the first that is there counts. */
  readonly placesOf: (from: string, written: string) => readonly string[];
  /** A role, by its name. */
  readonly isRole?: true;
};

/** In the file at `path`, which has this text. Only what is written out and is there. */
export function pathUsesIn(project: AnsibleProject, path: string, text: string): PathUse[] {
  const document = project.documents.get(path);
  if (document !== undefined) {
    return pathUsesOf(project, readDocument(path, text, document.kind, project.knowledge));
  }
  if (project.templates.has(path)) return inTemplate(project, path, text);
  if (path === join(project.root, 'rpi.yml')) return inRpiYml(project, text);
  return [];
}

/** All files that such uses may stand in. */
export function filesWithPaths({ documents, templates, root, tree }: AnsibleProject): string[] {
  const settings = join(root, 'rpi.yml');
  return [
    ...documents.keys(),
    ...templates.keys(),
    ...(tree.files.has(settings) ? [settings] : []),
  ];
}

/** The same of a document that was read. */
export function pathUsesOf(project: AnsibleProject, facts: PlaybookFacts): PathUse[] {
  const { path, text } = facts;
  const { files, roles } = extractOf(facts);
  const found = files.flatMap((use) =>
    use.isDynamic || use.kind === 'vars-folder' || use.alternatives !== undefined
      ? []
      : fileUse(project, path, text, use, use.path, use.kind),
  );
  for (const role of roles) if (!role.isDynamic) found.push(...ofRole(project, path, text, role));
  for (const { item, start } of facts.items) {
    for (const { references, rangeOf } of templateUsesOf(item)) {
      const at = (range: Range): Range => placed(rangeOf(range), start);
      found.push(...ofLookups(project, path, text, references.lookups, at));
    }
  }
  return found;
}

/** The path where it stands within the range, which may have quotes and more around it. */
function fileUse(
  project: AnsibleProject,
  from: string,
  text: string,
  range: Range,
  written: string,
  kind: FileUse['kind'],
): PathUse[] {
  const placesOf: PathUse['placesOf'] = (at, path) => candidates(project, at, { kind, path });
  const target = placesOf(from, written).find((place) => project.tree.files.has(place));
  return target === undefined ? [] : standing(text, range, { written, target, placesOf });
}

function standing(text: string, { start, end }: Range, use: Omit<PathUse, keyof Range>): PathUse[] {
  const at = use.written === '' ? -1 : text.slice(start, end).indexOf(use.written);
  return at < 0 ? [] : [{ ...use, start: start + at, end: start + at + use.written.length }];
}

function ofRole(project: AnsibleProject, from: string, text: string, role: RoleUse): PathUse[] {
  const target = roleFolders(project, from, role)?.[0];
  if (target === undefined) return [];
  const own = standing(text, role, {
    written: role.name,
    target,
    isRole: true,
    placesOf: () => [target],
  });
  for (const part of ['tasks', 'vars', 'defaults', 'handlers'] as const) {
    const file = role.from[part];
    if (file === undefined || file.isDynamic) continue;
    // The extension may be left out.
    const placesOf: PathUse['placesOf'] = (_, path) =>
      [path, `${path}.yml`, `${path}.yaml`].map((each) => join(target, part, each));
    const found = placesOf(from, file.path).find((place) => project.tree.files.has(place));
    if (found === undefined) continue;
    own.push(...standing(text, file, { written: file.path, target: found, placesOf }));
  }
  return own;
}

const LOOKUPS: Readonly<Record<string, FileUse['kind']>> = { file: 'file', template: 'template' };

function ofLookups(
  project: AnsibleProject,
  from: string,
  text: string,
  lookups: readonly LookupUse[],
  at: (range: Range) => Range,
): PathUse[] {
  return lookups.flatMap(({ plugin, terms }) => {
    const kind = LOOKUPS[plugin?.name.replace(/^ansible\.builtin\./, '') ?? ''];
    if (kind === undefined) return [];
    return terms.flatMap((term) => fileUse(project, from, text, at(term), term.name, kind));
  });
}

function inTemplate(project: AnsibleProject, path: string, text: string): PathUse[] {
  const references = referencesOf(parseTemplate(text, readHeader(text)));
  const placesOf: PathUse['placesOf'] = (from, written) => [
    join(dirname(from), written),
    ...candidates(project, from, { kind: 'template', path: written }),
  ];
  const included = references.templates.flatMap(({ name, start, end }) => {
    const target = placesOf(path, name).find((place) => project.tree.files.has(place));
    return target === undefined
      ? []
      : standing(text, { start, end }, { written: name, target, placesOf });
  });
  return [...included, ...ofLookups(project, path, text, references.lookups, (range) => range)];
}

function inRpiYml({ root, tree }: AnsibleProject, text: string): PathUse[] {
  const placesOf: PathUse['placesOf'] = (from, written) => [
    isAbsolute(written) ? written : join(dirname(from), written),
  ];
  return filesIn(readRpiYml(text)).flatMap(({ path: written, start, end }) => {
    const [target] = placesOf(join(root, 'rpi.yml'), written);
    const isThere = target !== undefined && (tree.files.has(target) || tree.folders.has(target));
    return isThere ? standing(text, { start, end }, { written, target, placesOf }) : [];
  });
}
