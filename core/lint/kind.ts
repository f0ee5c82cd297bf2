/** Which files the rules are for, by their names. The editor claims the same ones. */
import { basename } from 'node:path';
import type { AnsibleKind } from './ansible-kind.ts';

export type InstallerKind = 'installer-config' | 'post-install' | 'files-list';
export type LintKind = InstallerKind | AnsibleKind;

/** Of the installer’s files; undefined for others. */
export function lintKindOf(path: string): InstallerKind | undefined {
  const name = basename(path);
  if (name === 'installer-config.txt' || name.endsWith('.installer-config')) {
    return 'installer-config';
  }
  if (name === 'post-install.txt') return 'post-install';
  return /(?:^|[\\/])files[\\/][^\\/]+\.list$/.test(path) ? 'files-list' : undefined;
}

/** The page with a section for each code of the findings in such files. */
export function docsOf(kind: LintKind): string {
  switch (kind) {
    case 'ansible':
    case 'template':
      return 'docs/playbook-rules.md';
    case 'inventory':
    case 'rpi-yml':
      return 'docs/inventory-rules.md';
    case 'installer-config':
    case 'post-install':
    case 'files-list':
      return 'docs/installer-config.md';
  }
}
