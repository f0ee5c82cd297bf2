/** Files and roles that a document names and that are not there. */
import { basename, dirname, join } from 'node:path';
import { nearest } from '../../../../inventory/nearest.ts';
import type { FileUse } from '../../../ansible-project/extract-types.ts';
import type { AnsibleProject } from '../../../ansible-project/project.ts';
import {
  candidates,
  found,
  knownPath,
  roleFolders,
} from '../../../ansible-project/search-paths.ts';
import type { Draft } from '../../../rule.ts';
import { proposal } from '../../edits.ts';
import type { PlaybookFacts } from '../../facts.ts';
import { draftIn, extractOf, templatesOf, type ProjectRuleOfPlaybooks } from './project.ts';

const WHAT: Readonly<Record<FileUse['kind'], string>> = {
  tasks: 'file of tasks',
  playbook: 'playbook',
  vars: 'file of variables',
  'vars-folder': 'folder of variables',
  template: 'template',
  file: 'file',
};

/** `lookups`: those that read such a file too. */
function missingOf(
  code: string,
  kinds: readonly FileUse['kind'][],
  lookups: readonly string[] = [],
): ProjectRuleOfPlaybooks {
  return {
    code,
    *check(facts, { ansible }) {
      if (ansible === undefined) return;
      for (const use of extractOf(facts).files) {
        if (!kinds.includes(use.kind) || use.isOptional === true) continue;
        const draft = ofUse(ansible, facts.path, facts.text, use);
        if (draft !== undefined) yield draft;
      }
      for (const use of lookedUp(facts, code, lookups)) {
        const draft = ofUse(ansible, facts.path, facts.text, use);
        if (draft !== undefined) yield draft;
      }
    },
  };
}

/** Paths that are written out in `lookup('file', 'path')`. */
function* lookedUp(
  facts: PlaybookFacts,
  code: string,
  lookups: readonly string[],
): Generator<FileUse> {
  if (lookups.length === 0) return;
  for (const found of templatesOf(facts)) {
    for (const { plugin, terms, arguments: args } of found.use.references.lookups) {
      const name = plugin?.name.replace(/^ansible\.builtin\./, '') ?? '';
      if (!lookups.includes(name) || args.some(({ keyword }) => keyword?.name === 'errors'))
        continue;
      for (const term of terms) {
        const { start, end } = draftIn(found, term, { message: '' });
        yield {
          start,
          end,
          kind: code === 'missing-template' ? 'template' : 'file',
          path: term.name,
          isDynamic: false,
          isLooped: false,
          isConditional: false,
        };
      }
    }
  }
}

export const missingTasks = missingOf('missing-tasks', ['tasks']);
export const missingPlaybook = missingOf('missing-playbook', ['playbook']);
export const missingVars = missingOf('missing-vars', ['vars', 'vars-folder']);
export const missingTemplate = missingOf('missing-template', ['template'], ['template']);
export const missingFile = missingOf('missing-file', ['file'], ['file', 'unvault']);

function ofUse(
  project: AnsibleProject,
  from: string,
  text: string,
  use: FileUse,
): Draft | undefined {
  const choices = (use.alternatives ?? [use.path]).map((path) => knownPath(project, from, path));
  if (choices.some((path) => path === '' || isElsewhere(path, use.kind))) return undefined;
  const places = choices.flatMap((path) => candidates(project, from, { ...use, path }));
  const there = found(project, places);
  if (there === undefined || there.paths.length > 0) return undefined;
  const [path = ''] = choices;
  // A role's folder of tasks is gone into by itself, a playbook's is not.
  const isBelow =
    use.kind === 'tasks' && project.tree.files.has(join(dirname(from), 'tasks', path));
  const near = isBelow ? [`tasks/${path}`] : nearNames(project, places, path);
  const written = text.slice(use.start, use.end);
  const { start, end } = use;
  return {
    start,
    end,
    message:
      choices.length > 1
        ? `None of these files is there: ${choices.join(', ')}.`
        : `There is no ${WHAT[use.kind]} ${path}${proposal(near)}`,
    fixes:
      choices.length > 1 || !written.includes(path)
        ? []
        : near.map((name) => ({
            title: `Write ${name}`,
            edits: [{ start, end, text: written.replace(path, name) }],
            ...(near.length === 1 ? { preferred: true } : {}),
          })),
  };
}

/** A path that a template makes, one of the home folder, of a collection or of the network. */
function isElsewhere(path: string, kind: FileUse['kind']): boolean {
  return (
    /\{[{%#]|^[~$]|:\/\//.test(path) ||
    (kind === 'playbook' && /^\w+\.\w+\.\w+$/.test(path) && !/\.ya?ml$/.test(path))
  );
}

/** Files beside where it should be that are called much like it, as they would be written. */
function nearNames(project: AnsibleProject, places: readonly string[], path: string): string[] {
  const folders = new Set(places.map(dirname));
  const name = basename(path);
  const beside = [...project.tree.files].filter((file) => folders.has(dirname(file)));
  const prefix = path.slice(0, path.length - name.length);
  const names = [...new Set(beside.map((file) => basename(file)))];
  // The ending left out, or the other of two.
  const stem = name.replace(/\.(?:ya?ml|j2)$/, '');
  const sameStem = names.filter(
    (each) => each !== name && each.replace(/\.(?:ya?ml|j2)$/, '') === stem,
  );
  return (sameStem.length > 0 ? sameStem : nearest(name, names)).map((each) => prefix + each);
}

export const missingRole: ProjectRuleOfPlaybooks = {
  code: 'missing-role',
  *check(facts, { ansible }) {
    if (ansible === undefined) return;
    // A collection that is named for a play is searched for its roles.
    const mayBeElsewhere =
      ansible.cfg.hasForeignRoles ||
      facts.plays.some(({ keywords }) => keywords.has('collections'));
    for (const role of extractOf(facts).roles) {
      const folders = roleFolders(ansible, facts.path, role);
      const { start, end, name } = role;
      if (folders === undefined || name === '') continue;
      if (folders.length === 0) {
        const near = nearest(name, [...ansible.roles.keys()]);
        if (mayBeElsewhere && near.length === 0) continue;
        yield {
          start,
          end,
          message: `There is no role ${name} in this project${proposal(near)}`,
          fixes: near.map((better) => ({
            title: `Write ${better}`,
            edits: [{ start, end, text: facts.text.slice(start, end).replace(name, better) }],
            ...(near.length === 1 ? { preferred: true } : {}),
          })),
        };
        continue;
      }
      yield* missingParts(ansible, folders, role.from);
    }
  },
};

/** `tasks_from: install` and its kin. */
function* missingParts(
  project: AnsibleProject,
  folders: readonly string[],
  from: NonNullable<ReturnType<typeof extractOf>['roles'][number]>['from'],
): Generator<Draft> {
  for (const part of ['tasks', 'vars', 'defaults', 'handlers'] as const) {
    const file = from[part];
    if (file === undefined || file.isDynamic || file.path === 'main') continue;
    const places = folders.flatMap((folder) =>
      ['', '.yml', '.yaml'].map((ending) => `${folder}/${part}/${file.path}${ending}`),
    );
    const there = found(project, places);
    if (there === undefined || there.paths.length > 0) continue;
    const names = [...project.tree.files]
      .filter((path) => folders.some((folder) => dirname(path) === `${folder}/${part}`))
      .map((path) => basename(path).replace(/\.ya?ml$/, ''));
    const { start, end, path } = file;
    const stem = path.replace(/\.ya?ml$/, '');
    yield {
      start,
      end,
      message: `The role has no ${part}/${stem}.yml${proposal(nearest(stem, names))}`,
    };
  }
}
