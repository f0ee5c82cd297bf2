/** Every language of the server: a line here, and a file in languages/ that names its parts. */
import { lintKindOf } from '../core/lint/kind.ts';
import type { ServerLanguage } from './language.ts';

export const LANGUAGES: readonly ServerLanguage[] = [
  {
    name: 'installer-config',
    claims: (path, languageId) =>
      languageId === 'rpi-installer-config' || lintKindOf(path) === 'installer-config',
    load: async () => (await import('./languages/installer-config.ts')).installerConfig,
  },
  {
    name: 'post-install',
    claims: (path) => lintKindOf(path) === 'post-install',
    load: async () => (await import('./languages/post-install.ts')).postInstall,
  },
  {
    name: 'files-list',
    claims: (path) => lintKindOf(path) === 'files-list',
    load: async () => (await import('./languages/files-list.ts')).filesList,
  },
];
