import { saysItIsOnline } from '../../formats/installer-config/online.ts';
import type { InstallerFacts } from './facts.ts';
import type { InstallerProject } from './project.ts';

/** A second configuration: by what surrounds it, or as its first line says. */
export function isOnlineConfig(
  { text }: Pick<InstallerFacts, 'text'>,
  { isOnline }: InstallerProject,
): boolean {
  return isOnline === true || saysItIsOnline(text, '');
}
