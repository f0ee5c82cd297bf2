/** Every language of the server: a line here, and a file in languages/ that names its parts. */
import { ansibleKindOf } from '../core/lint/ansible-kind.ts';
import { lintKindOf } from '../core/lint/kind.ts';
import type { ServerLanguage } from './language.ts';

export const LANGUAGES: readonly ServerLanguage[] = [
  {
    name: 'installer-config',
    looksBeside: true,
    claims: (path, languageId) =>
      languageId === 'rpi-installer-config' || lintKindOf(path) === 'installer-config',
    load: async () => (await import('./languages/installer-config.ts')).installerConfig,
  },
  {
    name: 'post-install',
    looksBeside: true,
    claims: (path) => lintKindOf(path) === 'post-install',
    load: async () => (await import('./languages/post-install.ts')).postInstall,
  },
  {
    name: 'files-list',
    looksBeside: true,
    claims: (path) => lintKindOf(path) === 'files-list',
    load: async () => (await import('./languages/files-list.ts')).filesList,
  },
  {
    name: 'rpi-yml',
    claims: (path) => ansibleKindOf(path) === 'rpi-yml',
    load: async () => (await import('./languages/rpi-yml.ts')).rpiYml,
  },
  {
    name: 'inventory',
    claims: (path) => ansibleKindOf(path) === 'inventory',
    load: async () => (await import('./languages/inventory.ts')).inventory,
  },
  {
    name: 'template',
    claims: (path) => ansibleKindOf(path) === 'template',
    load: async () => (await import('./languages/template.ts')).template,
  },
  {
    name: 'ansible',
    claims: (path, languageId) => languageId === 'ansible' || ansibleKindOf(path) === 'ansible',
    load: async () => (await import('./languages/ansible.ts')).ansible,
  },
];
