/** What languages may know of the editor and of the machine. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ServerOptions } from '../core/analysis/editor-messages.ts';
import type { Environment } from '../core/command/run.ts';
import type { Project } from '../core/project/project.ts';
import { createAnsibleFolders, type AnsibleFolders } from './ansible-folders.ts';
import { createLintOnSave, type LintOnSave } from './lint-on-save.ts';
import { createInstalledModules, type InstalledModules } from './installed-modules.ts';

export type Workspace = {
  /** False in a folder that nobody trusts yet: nothing is started there. */
  readonly isTrusted: () => boolean;
  readonly env: Environment;
  /** The project of the nearest rpi.yml upwards; undefined where there is none, or it is faulty. */
  readonly projectOf: (path: string) => Promise<Project | undefined>;
  /** The text of a document that is open in the editor, saved or not. */
  readonly openText: (path: string) => string | undefined;
  /** Folders of Ansible’s, with what is known of their files. */
  readonly ansible: AnsibleFolders;
  /** What the Ansible of this machine says of its modules. */
  readonly installed: InstalledModules;
  /** What ansible-lint said of what was saved. */
  readonly lint: LintOnSave;
  /** Module names and what they mean are told by another extension. */
  readonly leavesModules: () => boolean;
};

/** Projects are opened once and again only after `forget`. */
export function createWorkspace(options: {
  readonly isTrusted: () => boolean;
  readonly leavesModules: () => boolean;
  readonly openText: (path: string) => string | undefined;
  /** As the editor has them now. */
  readonly settings: () => ServerOptions;
  /** Other things are known now: documents should look around again. */
  readonly changed: () => void;
  /** Shows a person a warning. */
  readonly say: (message: string) => void;
  readonly log: (what: string, error: unknown) => void;
}): Workspace & { readonly forget: () => void } {
  const { changed, say, log, settings, ...rest } = options;
  const projects = new Map<string, Promise<Project | undefined>>();
  const projectOf = (path: string): Promise<Project | undefined> => {
    const folder = path.replace(/[\\/][^\\/]*$/, '') || path;
    const known = projects.get(folder);
    if (known !== undefined) return known;
    const opened = openNearest(folder);
    projects.set(folder, opened);
    return opened;
  };
  const env = (): Environment => {
    const { ansiblePath = '' } = settings();
    return ansiblePath === '' ? process.env : { ...process.env, RPI_ANSIBLE: ansiblePath };
  };
  const installed = createInstalledModules({
    isTrusted: options.isTrusted,
    env,
    cacheFolder: () => settings().cacheFolder,
    projectOf: (root) => projectOf(join(root, 'rpi.yml')),
    learn: (root, facts) => ansible.learn(root, facts),
    log,
  });
  const lint = createLintOnSave({
    isWanted: () => options.isTrusted() && settings().lintOnSave === true,
    env,
    projectOf,
    changed,
    say,
    log,
  });
  const { openText } = options;
  const ansible = createAnsibleFolders({ openText, projectOf, installed, changed, log });
  return {
    ...rest,
    env: process.env,
    projectOf,
    ansible,
    installed,
    lint,
    forget: () => projects.clear(),
  };
}

/** What reads rpi.yml is loaded only where there is one: it takes a parser and a schema. */
async function openNearest(folder: string): Promise<Project | undefined> {
  const root = nearest(folder);
  if (root === undefined) return undefined;
  const { openProject } = await import('../core/project/project.ts');
  const { RpiError } = await import('../core/errors.ts');
  try {
    return await openProject(root, process.env);
  } catch (error) {
    // A faulty rpi.yml is told where it stands.
    if (RpiError.is(error)) return undefined;
    throw error;
  }
}

function nearest(folder: string): string | undefined {
  if (existsSync(join(folder, 'rpi.yml'))) return folder;
  return dirname(folder) === folder ? undefined : nearest(dirname(folder));
}
