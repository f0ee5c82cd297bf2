/** `rpi lint`: the rules of the editor, for files on the disk. */
import { readdir } from 'node:fs/promises';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Finding } from '../analysis/finding.ts';
import { analyseFilesList } from '../analysis/files-list/language.ts';
import { analyseInstallerConfig } from '../analysis/installer-config/language.ts';
import type { SyntaxFault } from '../analysis/post-install/facts.ts';
import { analysePostInstall } from '../analysis/post-install/language.ts';
import type { OnRuleError } from '../analysis/rule.ts';
import type { Environment } from '../command/run.ts';
import { RpiError } from '../errors.ts';
import type { Project } from '../project/project.ts';
import { ansibleKindOf, ansibleRootOf, type AnsibleKind } from './ansible-kind.ts';
import { bashSyntaxFaults } from './bash-syntax.ts';
import { lintKindOf, type InstallerKind, type LintKind } from './kind.ts';
import { projectFiles, surroundingsOf, type Surroundings } from './surroundings.ts';

export type LintedFile = {
  /** As it was named. */
  readonly path: string;
  readonly kind: LintKind;
  readonly text: string;
  readonly findings: readonly Finding[];
};

/** What the rules say of a file of a folder of Ansible’s. */
export type AnsibleLinter = (kind: AnsibleKind, path: string, text: string) => readonly Finding[];

export type LintContext = {
  readonly project: Project | undefined;
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly onRuleError: OnRuleError;
};

/**
 * Checks files. Throws `input.invalid` for a file that no rule is for and `file.not-readable` for
 * one that is not there, or is not UTF-8.
 */
export async function lintFiles(
  paths: readonly string[],
  context: LintContext,
): Promise<LintedFile[]> {
  const linted: LintedFile[] = [];
  const ansible = new Map<string, Promise<AnsibleLinter>>();
  for (const path of paths) linted.push(await lintFile(path, context, ansible));
  return linted;
}

/**
 * The files of a project that rules are for, and that are there. Of templates those of Ansible’s
 * are among them, not those that `rpi create render` renders.
 */
export async function lintableFiles(project: Project): Promise<string[]> {
  const { config, postInstall } = projectFiles(project);
  const lists = join(dirname(config), 'files');
  const names = await readdir(lists).catch(() => []);
  const candidates = [
    config,
    postInstall,
    ...names.filter((name) => name.endsWith('.list')).map((name) => join(lists, name)),
  ];
  const present = await Promise.all(
    candidates.map(async (path) => ((await isFile(path)) ? [path] : [])),
  );
  const { ansibleFiles } = await import('./ansible.ts');
  return [...present.flat(), ...(await ansibleFiles(project.root))];
}

async function lintFile(
  path: string,
  context: LintContext,
  ansible: Map<string, Promise<AnsibleLinter>>,
): Promise<LintedFile> {
  const kind = kindOf(path, context.project);
  const text = await read(path);
  if (!isInstallerKind(kind)) {
    const absolute = resolve(path);
    const root = ansibleRootOf(absolute) ?? dirname(absolute);
    const { openAnsibleLinter } = await import('./ansible.ts');
    const linter = ansible.get(root) ?? openAnsibleLinter(root, context);
    ansible.set(root, linter);
    return { path, kind, text, findings: (await linter)(kind, absolute, text) };
  }
  const surroundings = await surroundingsOf(path, context.project);
  const syntaxFaults = kind === 'post-install' ? await bashSyntaxFaults(text, context) : undefined;
  const findings = findingsIn(
    { path, kind, text },
    surroundings,
    syntaxFaults,
    context.onRuleError,
  );
  return { path, kind, text, findings };
}

function isInstallerKind(kind: LintKind): kind is InstallerKind {
  return kind === 'installer-config' || kind === 'post-install' || kind === 'files-list';
}

/** What the rules say of a text; the file itself is not looked at. */
export function findingsIn(
  { path, kind, text }: Omit<LintedFile, 'findings' | 'kind'> & { readonly kind: InstallerKind },
  surroundings: Surroundings,
  syntaxFaults: readonly SyntaxFault[] | undefined,
  onRuleError: OnRuleError,
): readonly Finding[] {
  const document = { path, text };
  switch (kind) {
    case 'installer-config':
      return analyseInstallerConfig(document, surroundings, undefined, onRuleError).findings;
    case 'files-list':
      return analyseFilesList(document, surroundings, undefined, onRuleError).findings;
    case 'post-install': {
      const faults = syntaxFaults === undefined ? {} : { syntaxFaults };
      return analysePostInstall(document, faults, undefined, onRuleError).findings;
    }
  }
}

/** By name; the project’s own files may be called anything. */
function kindOf(path: string, project: Project | undefined): LintKind {
  const own = project === undefined ? undefined : projectFiles(project);
  const absolute = resolve(path);
  if (absolute === own?.config) return 'installer-config';
  if (absolute === own?.postInstall) return 'post-install';
  const kind = lintKindOf(absolute) ?? ansibleKindOf(absolute);
  if (kind !== undefined) return kind;
  throw new RpiError('input.invalid', `There are no rules for ${path}.`, {
    remedy: path.endsWith('.ejs')
      ? 'It is a template: rpi create render checks what becomes of it.'
      : 'rpi lint checks installer-config.txt, *.installer-config, post-install.txt, files/*.list, and in a project rpi.yml, inventories, playbooks, roles and their templates.',
  });
}

async function read(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new RpiError('file.not-readable', `Can't read ${path}.`, {
      remedy: 'Check that it is a file and that you may read it.',
      cause: error,
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new RpiError('file.not-readable', `${path} is not UTF-8 text.`, {
      remedy: 'Save it as UTF-8.',
      cause: error,
    });
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
