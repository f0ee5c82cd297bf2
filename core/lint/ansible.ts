/** `rpi lint` for what Ansible reads, and for rpi.yml: with the whole project in view. */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { analyseAnsible } from '../analysis/ansible-project/language.ts';
import { ansibleKindOf as documentKindOf } from '../analysis/ansible-project/read-document.ts';
import { analyseTemplate } from '../analysis/ansible-project/template-language.ts';
import { walkProject } from '../analysis/ansible-project/walk.ts';
import type { Finding } from '../analysis/finding.ts';
import { analyseInventory } from '../analysis/inventory/language.ts';
import { analyseRpiYml } from '../analysis/rpi-yml/language.ts';
import { filesOnDisk } from '../inventory/files.ts';
import {
  inventoryProject,
  openAnsibleFolder,
  playbookProject,
  rpiYmlProject,
  templateProject,
} from './ansible-folder.ts';
import { ansibleKindIn } from './ansible-kind.ts';
import type { AnsibleLinter, LintContext } from './lint.ts';

/** Reads the folder once, for as many of its files as are asked about. */
export async function openAnsibleLinter(
  root: string,
  { project, onRuleError }: LintContext,
): Promise<AnsibleLinter> {
  const own = project?.root === root ? project : undefined;
  const folder = await openAnsibleFolder(root, filesOnDisk, own);
  await folder.index.build();
  return (kind, path, text): readonly Finding[] => {
    const document = { path, text };
    switch (kind) {
      case 'template':
        return analyseTemplate(document, templateProject(folder), undefined, onRuleError).findings;
      case 'inventory':
        return analyseInventory(document, inventoryProject(folder, path), undefined, onRuleError)
          .findings;
      case 'rpi-yml':
        return analyseRpiYml(document, rpiYmlProject(folder), undefined, onRuleError).findings;
      case 'ansible':
        return (
          analyseAnsible(document, playbookProject(folder, false), undefined, onRuleError)
            ?.findings ?? []
        );
    }
  };
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
