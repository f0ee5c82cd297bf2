/** Which files the rules are for, by their names. The editor claims the same ones. */
import { basename } from 'node:path';

export type LintKind = 'installer-config' | 'post-install' | 'files-list';

/** Undefined for a file that no rule is for. */
export function lintKindOf(path: string): LintKind | undefined {
  const name = basename(path);
  if (name === 'installer-config.txt' || name.endsWith('.installer-config')) {
    return 'installer-config';
  }
  if (name === 'post-install.txt') return 'post-install';
  return /(?:^|[\\/])files[\\/][^\\/]+\.list$/.test(path) ? 'files-list' : undefined;
}
