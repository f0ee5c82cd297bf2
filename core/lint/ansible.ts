/** `rpi lint` for what Ansible reads, and for rpi.yml: with the whole project in view. */
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { analyseAnsible } from '../analysis/ansible-project/language.ts';
import { ansibleKindOf as documentKindOf } from '../analysis/ansible-project/read-document.ts';
import { analyseTemplate } from '../analysis/ansible-project/template-language.ts';
import { walkProject } from '../analysis/ansible-project/walk.ts';
import type { Finding } from '../analysis/finding.ts';
import { analyseInventory } from '../analysis/inventory/language.ts';
import type { PlaybookFacts } from '../analysis/playbook/facts.ts';
import { modulesUsedIn } from '../analysis/playbook/tasks.ts';
import { analyseRpiYml } from '../analysis/rpi-yml/language.ts';
import { filesOnDisk } from '../inventory/files.ts';
import {
  inventoryProject,
  openAnsibleFolder,
  playbookProject,
  rpiYmlProject,
  templateProject,
  type AnsibleFolder,
} from './ansible-folder.ts';
import { ansibleKindIn, type AnsibleKind } from './ansible-kind.ts';
import type { LintContext } from './context.ts';

export type AnsibleFile = {
  readonly kind: AnsibleKind;
  /** Absolute. */
  readonly path: string;
  readonly text: string;
};

type Analysed = { readonly findings: readonly Finding[]; readonly facts?: PlaybookFacts };

/** Milliseconds after which a person is told what is waited for. */
const A_WHILE = 2000;

/**
 * The findings in files of one folder of Ansible’s, which is read once, in their order. Throws
 * `command.failed` where ansible-lint is wanted and does not get to its end, and `run.cancelled`.
 */
export async function lintAnsibleFiles(
  root: string,
  files: readonly AnsibleFile[],
  context: LintContext,
): Promise<readonly (readonly Finding[])[]> {
  const { project, installed } = context;
  const own = project?.root === root ? project : undefined;
  const folder = await openAnsibleFolder(root, filesOnDisk, own);
  const first = folder.index.build().then(() => analyseAll(files, folder, context));
  // Of the others no rule asks about modules.
  const usesModules = files.some(({ kind }) => kind === 'ansible');
  if (installed === undefined || !usesModules) {
    return withAnsibleLint(root, files, await first, context);
  }
  const { installedFacts } = await import('../ansible/docs/installed-facts.ts');
  const { openCache } = await import('../ansible/docs/cache.ts');
  const docs = { ...context, cache: openCache(installed.cacheFolder), signal: installed.signal };
  const waiting = setTimeout(installed.onWait, A_WHILE);
  const facts = await installedFacts(root, own, first.then(modulesOf), docs)
    .catch((error: unknown) => {
      installed.onError(error);
      return undefined;
    })
    .finally(() => clearTimeout(waiting));
  if (facts === undefined) return withAnsibleLint(root, files, await first, context);
  await folder.index.learn(facts);
  return withAnsibleLint(root, files, analyseAll(files, folder, context), context);
}

function modulesOf(analysed: readonly Analysed[]): ReadonlySet<string> {
  return new Set(
    analysed.flatMap(({ facts }) => (facts === undefined ? [] : [...modulesUsedIn(facts)])),
  );
}

function analyseAll(
  files: readonly AnsibleFile[],
  folder: AnsibleFolder,
  { onRuleError }: LintContext,
): readonly Analysed[] {
  return files.map(({ kind, path, text }): Analysed => {
    const document = { path, text };
    switch (kind) {
      case 'template':
        return only(analyseTemplate(document, templateProject(folder), undefined, onRuleError));
      case 'inventory': {
        const inventory = inventoryProject(folder, path);
        return only(analyseInventory(document, inventory, undefined, onRuleError));
      }
      case 'rpi-yml':
        return only(analyseRpiYml(document, rpiYmlProject(folder), undefined, onRuleError));
      case 'ansible': {
        const project = playbookProject(folder, false);
        return analyseAnsible(document, project, undefined, onRuleError) ?? { findings: [] };
      }
    }
  });
}

function only({ findings }: { readonly findings: readonly Finding[] }): Analysed {
  return { findings };
}

/** Where it is wanted: what ansible-lint finds as well, told once where both found it. */
async function withAnsibleLint(
  root: string,
  files: readonly AnsibleFile[],
  analysed: readonly Analysed[],
  { ansibleLint, env, signal }: LintContext,
): Promise<readonly (readonly Finding[])[]> {
  const playbooks = files.filter((_file, index) => analysed[index]?.facts !== undefined);
  if (ansibleLint === undefined || playbooks.length === 0) {
    return analysed.map(({ findings }) => findings);
  }
  const { runAnsibleLint } = await import('../ansible/ansible-lint.ts');
  const { withLint } = await import('../analysis/ansible-lint/merge.ts');
  const paths = playbooks.map(({ path }) => path);
  const results = await runAnsibleLint(ansibleLint, root, paths, { env, signal });
  return analysed.map(({ findings, facts }, index) => {
    const { path, text } = files[index] ?? { path: '', text: '' };
    if (facts === undefined) return findings;
    const own = results.filter((each) => resolve(root, each.path) === path);
    return withLint(findings, facts, { text, results: own });
  });
}

/** The files of a folder that the rules here are for, sorted. */
export async function ansibleFiles(root: string): Promise<string[]> {
  const tree = await walkProject(root, filesOnDisk, async () => {
    await setImmediate();
  });
  const found: string[] = [];
  for (const path of [...tree.files].sort()) {
    const kind = ansibleKindIn(root, path);
    if (kind === undefined || path.startsWith(join(root, 'create/'))) continue;
    if (kind === 'ansible') {
      const text = await filesOnDisk.read(path).catch(() => undefined);
      // Other YAML is no business of ours.
      if (text === undefined || documentKindOf(path, text, { root }) === undefined) continue;
    }
    found.push(path);
  }
  return found;
}
