/** What `init` is about to do, as data: which files are made, and which are left as they are. */
import { renderTemplate, type TemplateValues } from './template-values.ts';
import type { Template } from './template-tree.ts';

export type PlannedFile =
  | {
      readonly action: 'create';
      /** Relative to the project, with `/`. */
      readonly path: string;
      readonly content: string;
    }
  | {
      /** The file keeps every byte it has; `added` goes to its end. */
      readonly action: 'append';
      readonly path: string;
      readonly added: string;
    }
  | { readonly action: 'leave'; readonly path: string };

/** What stands in the folder now, as far as it matters. */
export type Existing = {
  /** True when something (a file, a folder, a link) has this relative path. */
  readonly has: (path: string) => boolean;
  /** The text of .gitignore, or undefined if there is none. */
  readonly gitignore: string | undefined;
};

/** The files of a project that has its own Ansible files: only what rpi itself needs. */
const OF_RPI = new Set(['rpi.yml', '.gitignore']);

/**
 * Plans the files of a project. A file that exists is left; of .gitignore, the missing entry is
 * appended. rpi.yml comes first: with it, an interrupted `init` can be finished by another one.
 */
export function planFiles(
  templates: readonly Template[],
  values: TemplateValues,
  existing: Existing,
): PlannedFile[] {
  return templates
    .filter((template) => values.scaffold || OF_RPI.has(template.path))
    .map((template) => planFile(template, values, existing))
    .sort((a, b) => Number(b.path === 'rpi.yml') - Number(a.path === 'rpi.yml'));
}

function planFile(template: Template, values: TemplateValues, existing: Existing): PlannedFile {
  const { path } = template;
  if (path === '.gitignore' && existing.gitignore !== undefined) {
    const added = missingIgnore(existing.gitignore);
    return added === '' ? { action: 'leave', path } : { action: 'append', path, added };
  }
  if (existing.has(path)) return { action: 'leave', path };
  return { action: 'create', path, content: renderTemplate(template, values) };
}

/** What must be appended to a .gitignore so that git ignores `.rpi/`; empty if it does already. */
export function missingIgnore(gitignore: string): string {
  const lines = gitignore.split(/\r?\n/).map((line) => line.trim());
  // The last pattern that matches decides, so a later "!.rpi" would undo an earlier entry.
  const last = lines.filter((line) => /^!?\/?\.rpi\/?$/.test(line)).at(-1);
  if (last !== undefined && !last.startsWith('!')) return '';
  const newline = gitignore.includes('\r\n') ? '\r\n' : '\n';
  const separator = gitignore === '' || gitignore.endsWith('\n') ? '' : newline;
  return `${separator}.rpi/${newline}`;
}
