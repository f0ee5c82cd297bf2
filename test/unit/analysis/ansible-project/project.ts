/** A project in memory or on the disk, and what is found in its documents. */
import { join } from 'node:path';
import { analyseAnsible } from '../../../../core/analysis/ansible-project/language.ts';
import {
  createAnsibleIndex,
  type AnsibleIndex,
} from '../../../../core/analysis/ansible-project/index.ts';
import type { AnsibleProject } from '../../../../core/analysis/ansible-project/project.ts';
import { analyseTemplate } from '../../../../core/analysis/ansible-project/template-language.ts';
import type { Finding } from '../../../../core/analysis/finding.ts';
import { loadAnsibleFacts } from '../../../../core/data/ansible-facts.ts';
import type { InventoryFiles } from '../../../../core/inventory/files.ts';

export const crash = (code: string, error: unknown): never => {
  throw new Error(`The rule ${code} crashed.`, { cause: error });
};

/** Files below /project; the map may be changed afterwards. */
export function filesInMemory(texts: ReadonlyMap<string, string>): InventoryFiles {
  return {
    read: (path) => Promise.resolve(texts.get(path)),
    list: (folder) => {
      const names = new Map<string, boolean>();
      for (const path of texts.keys()) {
        if (!path.startsWith(`${folder}/`)) continue;
        const [name = '', ...below] = path.slice(folder.length + 1).split('/');
        names.set(name, names.get(name) === true || below.length > 0);
      }
      return Promise.resolve(
        names.size === 0
          ? undefined
          : [...names].sort().map(([name, isFolder]) => ({ name, isFolder })),
      );
    },
    isExecutable: () => Promise.resolve(false),
  };
}

export const ROOT = '/project';

export function pathsOf(texts: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(texts).map(([path, text]) => [join(ROOT, path), text]));
}

export async function indexOf(files: InventoryFiles, root = ROOT): Promise<AnsibleIndex> {
  return createAnsibleIndex({ root, files, facts: await loadAnsibleFacts() });
}

/** All findings of a document of the project. */
export function findingsOf(
  ansible: AnsibleProject,
  path: string,
  text: string,
): readonly Finding[] {
  const { knowledge, root } = ansible;
  if (path.endsWith('.j2')) {
    return analyseTemplate({ path, text }, { knowledge, ansible }, undefined, crash).findings;
  }
  const project = { knowledge, place: { root }, ansible };
  return analyseAnsible({ path, text }, project, undefined, crash)?.findings ?? [];
}

/** `PATH:LINE SEVERITY CODE “underlined”` of each finding. */
export function told(
  ansible: AnsibleProject,
  path: string,
  text: string,
  wanted: (finding: Finding) => boolean = () => true,
): string[] {
  return findingsOf(ansible, path, text)
    .filter(wanted)
    .map(({ start, end, severity, code }) => {
      const line = text.slice(0, start).split('\n').length;
      return `${path.slice(ansible.root.length + 1)}:${line} ${severity} ${code} “${text.slice(start, end)}”`;
    });
}

/** Those of all documents of a project of these texts. */
export async function toldOf(
  texts: Readonly<Record<string, string>>,
  wanted?: (finding: Finding) => boolean,
): Promise<string[]> {
  const inventory = { 'inventory/hosts.yml': 'all:\n  hosts:\n    pi1:\n' };
  const hasOwn = Object.keys(texts).some((path) => path.startsWith('inventory/'));
  const paths = pathsOf({ ...(hasOwn ? {} : inventory), ...texts });
  const ansible = await (await indexOf(filesInMemory(paths))).build();
  return [...paths].flatMap(([path, text]) => told(ansible, path, text, wanted));
}
