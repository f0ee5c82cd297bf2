/** `rpi lint`: the rules of the editor, for files on the disk. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Finding } from '../analysis/finding.ts';
import { analyseFilesList } from '../analysis/files-list/language.ts';
import { analyseInstallerConfig } from '../analysis/installer-config/language.ts';
import type { SyntaxFault } from '../analysis/post-install/facts.ts';
import { analysePostInstall } from '../analysis/post-install/language.ts';
import type { OnRuleError } from '../analysis/rule.ts';
import { RpiError } from '../errors.ts';
import type { Project } from '../project/project.ts';
import type { AnsibleFile } from './ansible.ts';
import type { LintContext } from './context.ts';
import { ansibleKindOf, ansibleRootOf } from './ansible-kind.ts';
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

/**
 * Checks files. Throws `input.invalid` for a file that no rule is for, `file.not-readable` for one
 * that is not there or is not UTF-8, and as lintAnsibleFiles.
 */
export async function lintFiles(
  paths: readonly string[],
  context: LintContext,
): Promise<LintedFile[]> {
  const files: Named[] = [];
  for (const path of paths) {
    files.push({ path, kind: kindOf(path, context.project), text: await read(path) });
  }
  const ansible = await ansibleFindings(files, context);
  const linted: LintedFile[] = [];
  for (const file of files) {
    const { path, kind, text } = file;
    const findings = isInstallerKind(kind)
      ? await installerFindings({ path, kind, text }, context)
      : (ansible.get(file) ?? []);
    linted.push({ ...file, findings });
  }
  return linted;
}

type Named = Omit<LintedFile, 'findings'>;

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

/** Of what Ansible reads, and of rpi.yml: folder by folder. */
async function ansibleFindings(
  files: readonly Named[],
  context: LintContext,
): Promise<ReadonlyMap<Named, readonly Finding[]>> {
  const folders = new Map<string, (AnsibleFile & { readonly named: Named })[]>();
  for (const named of files) {
    const { kind, text } = named;
    if (isInstallerKind(kind)) continue;
    const path = resolve(named.path);
    const root = ansibleRootOf(path) ?? dirname(path);
    const own = folders.get(root) ?? [];
    own.push({ kind, path, text, named });
    folders.set(root, own);
  }
  const found = new Map<Named, readonly Finding[]>();
  for (const [root, own] of folders) {
    const { lintAnsibleFiles } = await import('./ansible.ts');
    const findings = await lintAnsibleFiles(root, own, context);
    own.forEach(({ named }, index) => found.set(named, findings[index] ?? []));
  }
  return found;
}

async function installerFindings(
  file: Named & { readonly kind: InstallerKind },
  context: LintContext,
): Promise<readonly Finding[]> {
  const { path, kind, text } = file;
  const surroundings = await surroundingsOf(path, context.project);
  const syntaxFaults = kind === 'post-install' ? await bashSyntaxFaults(text, context) : undefined;
  return findingsIn(file, surroundings, syntaxFaults, context.onRuleError);
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
