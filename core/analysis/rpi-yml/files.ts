/** The files that an rpi.yml names, and the groups. */
import type { TextRange } from '../features.ts';
import type { RpiYmlFacts, SettingsPath } from './facts.ts';

/** `path` as it is written: relative to rpi.yml, or absolute. */
export type SettingFile = TextRange & { readonly path: string; readonly what: string };

const STAGES = ['upgrade', 'provision', 'verify_environment', 'deploy', 'verify_deployment'];

/** Only paths that somebody wrote; a default may well be missing. */
export function filesIn({ values, valueRange }: RpiYmlFacts): SettingFile[] {
  return settingsOf(values).flatMap(({ path, what }) => {
    const value = valueAt(values, path);
    const range = valueRange(path);
    return typeof value !== 'string' || range === undefined
      ? []
      : [{ ...range, path: value, what }];
  });
}

/** Where it says that Pis are placed in a group. */
export function groupsIn({ values, valueRange }: RpiYmlFacts): (TextRange & { name: string })[] {
  const rules = valueAt(values, ['groups']);
  if (!Array.isArray(rules)) return [];
  return (rules as unknown[]).flatMap((_, index) => {
    const path = ['groups', index, 'group'];
    const name = valueAt(values, path);
    const range = valueRange(path);
    return typeof name === 'string' && range !== undefined ? [{ ...range, name }] : [];
  });
}

function settingsOf(values: unknown): { readonly path: SettingsPath; readonly what: string }[] {
  const users = valueAt(values, ['access', 'users']);
  const keys = (Array.isArray(users) ? (users as unknown[]) : []).flatMap((_, user) => {
    const authorized = valueAt(values, ['access', 'users', user, 'authorized']);
    return (Array.isArray(authorized) ? (authorized as unknown[]) : []).flatMap((key, index) =>
      // A key itself may stand here too.
      typeof key === 'string' && /^(?![~/])\S+\.pub$/.test(key)
        ? [{ path: ['access', 'users', user, 'authorized', index], what: 'public key' }]
        : [],
    );
  });
  return [
    { path: ['inventory'], what: 'inventory' },
    ...STAGES.map((stage) => ({ path: ['ansible', stage], what: 'playbook' })),
    { path: ['create', 'config'], what: 'file' },
    { path: ['create', 'post_install'], what: 'file' },
    { path: ['create', 'repository', 'keyring'], what: 'keyring' },
    ...keys,
  ];
}

function valueAt(values: unknown, path: SettingsPath): unknown {
  let value = values;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[name];
  }
  return value;
}
